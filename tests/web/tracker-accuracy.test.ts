import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { createCamera } from './tracking/camera.ts';
import { createPath, EASY, FAST, FRAMES_A_SECOND, OBLIQUE, SMALL, type PathClass } from './tracking/camera-path.ts';
import { compileMarkers, type CompiledMarker } from './tracking/compile-markers.ts';
import { loadPhotographs, type Photograph } from './tracking/photographs.ts';
import { createRandom, seedOfThisRun } from './tracking/random.ts';
import { createTestTracker, percentile, runSequence, type FrameOutcome } from './tracking/run-sequence.ts';

/** What counts as on the picture: the goal that issue 2 sets at 640×480. */
const CLOSE_PX = 5;
/** `./test full`: three camera paths a photograph instead of one, and longer ones; 100 frames without a target each. */
const FULL = process.env['PORTICO_TEST_FULL'] === '1';
const SWEEPS = FULL ? 3 : 1;
const EASY_FRAMES = FULL ? 90 : 30;
const HARD_FRAMES = FULL ? 30 : 4;
const EMPTY_FRAMES = FULL ? 100 : 3;
const SWEEP_TIMEOUT_MS = FULL ? 3_600_000 : 120_000;

const seed = seedOfThisRun();
let photographs: Photograph[];
let markers: CompiledMarker[];

beforeAll(async () => {
  photographs = await loadPhotographs();
  markers = await compileMarkers(photographs.map((photograph) => photograph.markerImage));
  const wasm = readFileSync(new URL('../../static-webxr/tracker/build/tracker.wasm', import.meta.url));
  console.log(
    [
      `seed ${seed} (repeat with PORTICO_SEED=${seed}), ${photographs.length} photographs; synthetic frames, not a phone`,
      `marker bytes: median ${percentile(markers.map((m) => m.bytes), 0.5)}, most ${Math.max(...markers.map((m) => m.bytes))}`,
      `compile ms: median ${percentile(markers.map((m) => m.milliseconds), 0.5).toFixed(0)}`,
      `tracker.wasm: ${gzipSync(wasm, { level: 9 }).length} bytes gzip`,
    ].join('\n'),
  );
}, 120_000);

/** One outcome a frame, of every sweep. */
async function follow(kind: PathClass, index: number, frames: number): Promise<FrameOutcome[]> {
  const outcomes: FrameOutcome[] = [];
  for (let sweep = 0; sweep < SWEEPS; sweep++) outcomes.push(...(await followOnce(kind, index, frames, sweep)));
  return outcomes;
}

async function followOnce(kind: PathClass, index: number, frames: number, sweep: number): Promise<FrameOutcome[]> {
  const photograph = photographs[index]!;
  const random = createRandom(seed + 7919 * index + 15485863 * sweep);
  const path = createPath(random, kind);
  const camera = createCamera(random, photograph, wallFor(index), path, kind);
  const tracker = await createTestTracker();
  tracker.addTarget(markers[index]!.file);
  return runSequence(tracker, camera, path, aspectOf(photograph), frames);
}

const aspectOf = (photograph: Photograph): number => photograph.markerImage.height / photograph.markerImage.width;
const wallFor = (index: number): Photograph => photographs[(index + 5) % photographs.length]!;
const closeFrames = (outcomes: FrameOutcome[]): number => outcomes.filter((o) => o.errorPx <= CLOSE_PX).length;

function summary(name: string, outcomes: FrameOutcome[]): string {
  const errors = outcomes.filter((o) => o.tracked).map((o) => o.errorPx);
  const cold = outcomes.filter((o) => o.cold).map((o) => o.milliseconds);
  const warm = outcomes.filter((o) => !o.cold).map((o) => o.milliseconds);
  const number = (value: number, digits = 2): string => (Number.isNaN(value) ? '–' : value.toFixed(digits)).padStart(7);
  return `${name.padEnd(14)} close ${number((100 * closeFrames(outcomes)) / outcomes.length, 1)} %` +
    `   error px median ${number(percentile(errors, 0.5))} p95 ${number(percentile(errors, 0.95))}` +
    `   ms cold ${number(percentile(cold, 0.5), 1)} follow ${number(percentile(warm, 0.5), 1)}`;
}

describe('the tracker, on photographs nobody chose for tracking', () => {
  test('there are at least twelve of them', () => {
    expect(photographs.length).toBeGreaterThanOrEqual(12);
  });

  test('markers stay within 25 kB', () => {
    expect(Math.max(...markers.map((marker) => marker.bytes))).toBeLessThanOrEqual(25_000);
  });

  test('easy sequences: at least 95 % of frames are tracked within 5 px', async () => {
    const all: FrameOutcome[] = [];
    const lines: string[] = [];
    for (const [i, photograph] of photographs.entries()) {
      const outcomes = await follow(EASY, i, EASY_FRAMES);
      all.push(...outcomes);
      lines.push(summary(photograph.name, outcomes));
    }
    console.log([...lines, summary('easy, all', all)].join('\n'));
    expect(closeFrames(all) / all.length).toBeGreaterThanOrEqual(0.95);
  }, SWEEP_TIMEOUT_MS);

  // How good it is there, ./bench tracking says; this far down it would have broken.
  test('harder sequences: at least 75 % of frames are tracked within 5 px', async () => {
    for (const kind of [OBLIQUE, SMALL, FAST]) {
      const all: FrameOutcome[] = [];
      for (const i of photographs.keys()) all.push(...(await follow(kind, i, HARD_FRAMES)));
      console.log(summary(kind.name, all));
      expect(all.length).toBe(photographs.length * SWEEPS * HARD_FRAMES);
      expect(closeFrames(all) / all.length, `${kind.name}, seed ${seed}`).toBeGreaterThanOrEqual(0.75);
    }
  }, SWEEP_TIMEOUT_MS);

  test('nothing is found where no target is', async () => {
    let frames = 0;
    for (const [i, shown] of photographs.entries()) {
      const wall = wallFor(i);
      const tracker = await createTestTracker();
      for (const [j, marker] of markers.entries()) {
        if (photographs[j] !== shown && photographs[j] !== wall) tracker.addTarget(marker.file);
      }
      const random = createRandom(seed + 104729 * (i + 1));
      const camera = createCamera(random, shown, wall, createPath(random, EASY), EASY);
      for (let frame = 0; frame < EMPTY_FRAMES; frame++, frames++) {
        const { targets } = tracker.track({ rgba: camera.render(15 * frame).buffer, timestampMs: 500 * frame });
        expect(targets.map((target) => target.state), `${shown.name}, frame ${frame}`).toEqual(targets.map(() => 'searching'));
      }
    }
    console.log(`${frames} frames without a target, ${photographs.length - 2} targets looked for in each: none found`);
  }, SWEEP_TIMEOUT_MS);

  test('of many targets, the ones in view are found', async () => {
    const random = createRandom(seed);
    const tracker = await createTestTracker();
    for (const marker of markers) tracker.addTarget(marker.file);
    for (let round = 0; round < 3; round++) {
      const shown = Math.floor(random.next() * photographs.length);
      const camera = createCamera(random, photographs[shown]!, wallFor(shown), createPath(random, EASY), EASY);
      const seen = new Set<number>();
      // Long enough apart that the last round's target is given up.
      const startMs = 10_000 * round;
      for (let frame = 0; frame < 10; frame++) {
        const { targets } = tracker.track({ rgba: camera.render(frame).buffer, timestampMs: startMs + (1000 * frame) / FRAMES_A_SECOND });
        for (const target of targets) if (target.state === 'tracking') seen.add(target.target);
      }
      expect(seen.has(shown), photographs[shown]!.name).toBe(true);
      // The wall is a photograph too, and may show enough of itself.
      seen.delete(shown);
      seen.delete(photographs.indexOf(wallFor(shown)));
      expect([...seen]).toEqual([]);
    }
  }, 60_000);

  test('a target that leaves is held for half a second, and found when it is back', async () => {
    const index = photographs.findIndex((_, i) => markers[i]!.quality === Math.max(...markers.map((m) => m.quality)));
    const photograph = photographs[index]!;
    const random = createRandom(seed);
    const path = createPath(random, EASY);
    const withTarget = createCamera(random, photograph, wallFor(index), path, EASY);
    const without = createCamera(random, undefined, wallFor(index), path, EASY);
    const tracker = await createTestTracker();
    tracker.addTarget(markers[index]!.file);

    const states: string[] = [];
    for (let frame = 0; frame < 40; frame++) {
      const camera = frame < 10 || frame >= 30 ? withTarget : without;
      const { targets } = tracker.track({ rgba: camera.render(frame).buffer, timestampMs: (1000 * frame) / FRAMES_A_SECOND });
      states.push(targets[0]!.state);
    }
    // A single frame may hide the target in noise; a tenth of a second may not.
    expect(states.slice(3, 10)).toEqual(Array(7).fill('tracking'));
    expect(states.slice(10, 25)).toEqual(Array(15).fill('held'));
    expect(states.slice(26, 30)).toEqual(Array(4).fill('searching'));
    expect(states.slice(33, 40)).toEqual(Array(7).fill('tracking'));
  }, 60_000);
});
