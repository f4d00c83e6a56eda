import type { TargetPose } from '@portico/tracker';
import { beforeAll, expect, test } from 'vitest';
import { createCamera } from './tracking/camera.ts';
import { createPath, EASY, FRAMES_A_SECOND } from './tracking/camera-path.ts';
import { compileMarkers, type CompiledMarker } from './tracking/compile-markers.ts';
import { cutPhotographs } from './tracking/crops.ts';
import { loadPhotographs, type LumaImage, type Photograph } from './tracking/photographs.ts';
import { createRandom, seedOfThisRun } from './tracking/random.ts';
import { createTestTracker, percentile } from './tracking/run-sequence.ts';

const TARGETS = 100;
/** Frames that a target is shown for. */
const FRAMES = 6;
/** The goal of issue 4: from the first frame that shows a target to its pose. */
const RECOGNISED_WITHIN_MS = 150;
const FULL = process.env['PORTICO_TEST_FULL'] === '1';
const SHOWN = FULL ? TARGETS : 10;

const LEAST_KEYPOINTS = 150;

const seed = seedOfThisRun();
let wall: Photograph;
let pictures: Photograph[];
let markers: CompiledMarker[];

beforeAll(async () => {
  const photographs = await loadPhotographs();
  wall = photographs.pop()!;
  const byContrast = new Map(cutPhotographs(photographs, 4, 3).map((picture) => [picture, contrast(picture.markerImage)]));
  pictures = [...byContrast.keys()].sort((a, b) => byContrast.get(b)! - byContrast.get(a)!).slice(0, TARGETS);
  const random = createRandom(seed);
  // Which of them are shown is left to chance.
  for (let i = TARGETS - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [pictures[i], pictures[j]] = [pictures[j]!, pictures[i]!];
  }
  markers = await compileMarkers(pictures.map((picture) => picture.markerImage));
}, 120_000);

/** Mean difference of neighbours: the pieces of a photograph that are nothing but sky or a soft background go. */
function contrast({ width, height, pixels }: LumaImage): number {
  let sum = 0;
  for (let i = width; i < width * height; i++) sum += Math.abs(pixels[i]! - pixels[i - 1]!) + Math.abs(pixels[i]! - pixels[i - width]!);
  return sum / (width * height);
}

/** Other tests share the machine: what counts is the processor's time. */
function processorMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  return process.cpuUsage(before).user / 1000;
}

test(`of ${TARGETS} targets the one in view is recognised about as often as if it were the only one`, async () => {
  const all = await createTestTracker();
  for (const marker of markers) all.addTarget(marker.file);
  const nothing = createCamera(createRandom(seed), undefined, wall, createPath(createRandom(seed), EASY), EASY);
  const recognisedMs: number[] = [];
  const idleMs: number[] = [];
  let alone = 0, among = 0, others = 0;
  // A picture with a handful of keypoints may not be among the likeliest, and waits for its turn.
  const rich = markers.flatMap(({ keypoints }, i) => (keypoints >= LEAST_KEYPOINTS ? [i] : [])).slice(0, SHOWN);
  for (const [round, shown] of rich.entries()) {
    const startMs = 10_000 * (round + 1);
    // The target before is given up, and the index built.
    for (const timeMs of [startMs - 5000, startMs - 33]) {
      const rgba = nothing.render(shown).buffer;
      idleMs.push(processorMs(() => all.track({ rgba, timestampMs: timeMs })));
    }
    const random = createRandom(seed + 7919 * shown);
    const camera = createCamera(random, pictures[shown]!, wall, createPath(random, EASY), EASY);
    const single = await createTestTracker();
    single.addTarget(markers[shown]!.file);
    let foundAlone = false, elapsedMs = 0, found = false;
    for (let frame = 0; frame < FRAMES && !(found && foundAlone); frame++) {
      const rgba = camera.render(frame).buffer;
      const timestampMs = startMs + (1000 * frame) / FRAMES_A_SECOND;
      if (!foundAlone) foundAlone = single.track({ rgba, timestampMs }).targets[0]!.state === 'tracking';
      let targets: TargetPose[] = [];
      const milliseconds = processorMs(() => ({ targets } = all.track({ rgba, timestampMs })));
      for (const target of targets) if (target.state === 'tracking' && target.target !== shown) others++;
      if (found) continue;
      // A camera gives the next frame when it has one; a slow tracker takes it later.
      elapsedMs += frame === 0 ? milliseconds : Math.max(1000 / FRAMES_A_SECOND, milliseconds);
      if (targets[shown]!.state === 'tracking') {
        found = true;
        recognisedMs.push(elapsedMs);
      }
    }
    alone += Number(foundAlone);
    among += Number(found);
  }
  console.log(
    `seed ${seed}: ${rich.length} of ${TARGETS} targets shown for ${FRAMES} frames each; found alone ${alone}, among all ${among}, others reported ${others}\n` +
      `ms to the pose: median ${percentile(recognisedMs, 0.5).toFixed(0)}, worst ${Math.max(...recognisedMs).toFixed(0)};` +
      ` a frame without any: median ${percentile(idleMs, 0.5).toFixed(0)}, worst ${Math.max(...idleMs).toFixed(0)}`,
  );
  expect(among).toBeGreaterThanOrEqual(alone - Math.ceil(rich.length / 10));
  expect(alone).toBeGreaterThan(rich.length / 2);
  expect(others).toBe(0);
  // Time is ./bench tracking's to judge; a short run only tells.
  if (FULL) expect(percentile(recognisedMs, 0.5)).toBeLessThan(RECOGNISED_WITHIN_MS);
}, FULL ? 600_000 : 60_000);
