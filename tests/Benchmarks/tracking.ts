import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createCamera } from '../web/tracking/camera.ts';
import { createPath, EASY, FAST, FRAMES_A_SECOND, OBLIQUE, projectCorners, SMALL, type CameraPath, type PathClass } from '../web/tracking/camera-path.ts';
import { buildMarkerTool, compileMarkers, type CompiledMarker } from '../web/tracking/compile-markers.ts';
import { loadPhotographs, PHOTOGRAPHS_FOLDER, type Photograph } from '../web/tracking/photographs.ts';
import { createRandom, seedOfThisRun } from '../web/tracking/random.ts';
import { createTestTracker, percentile, runSequence, type FrameOutcome } from '../web/tracking/run-sequence.ts';

// ./bench tracking [--images DIR] [--frames N] [--classes "easy,low light"] [--json FILE]
//
// Renders sequences of photographs with exact ground truth and measures the tracker on them, class by class. Synthetic
// video is not a phone: the lens, the sensor and the hand are models. Milliseconds are of this machine.

const { values: options } = parseArgs({
  options: {
    images: { type: 'string', default: PHOTOGRAPHS_FOLDER },
    frames: { type: 'string', default: '30' },
    classes: { type: 'string' },
    json: { type: 'string' },
  },
});

const CLASSES: PathClass[] = [
  EASY,
  { ...OBLIQUE, tiltDegrees: [40, 65] },
  { ...SMALL, widthShare: [0.15, 0.3] },
  { ...EASY, name: 'far to near', widthShare: [0.2, 0.95], swingSeconds: [1.5, 2.5] },
  FAST,
  { ...EASY, name: 'low light', light: [0.25, 0.35], noise: 7 },
  { ...EASY, name: 'light and glare', light: [0.5, 1.1], glare: true },
  { ...EASY, name: 'occlusion', occlusion: 0.5 },
  { ...EASY, name: 'rolling shutter', readoutSeconds: 0.025, swingSeconds: [1, 2] },
  { ...EASY, name: 'field of view −15 %', focalRatio: 1.18 },
  { ...EASY, name: 'field of view +15 %', focalRatio: 0.86 },
];

interface Row {
  class: string;
  /** Shares of frames. */
  tracked: number;
  within5px: number;
  errorPx: { median: number; p95: number };
  /** Median frames until the first pose, of those sequences that had one. */
  framesToFirstPose: number;
  milliseconds: { cold: number; coldP95: number; follow: number; followP95: number };
}

function rowOf(name: string, sequences: FrameOutcome[][]): Row {
  const all = sequences.flat();
  const errors = all.filter((o) => o.tracked).map((o) => o.errorPx);
  const cold = all.filter((o) => o.cold).map((o) => o.milliseconds), follow = all.filter((o) => !o.cold).map((o) => o.milliseconds);
  return {
    class: name,
    tracked: errors.length / all.length,
    within5px: errors.filter((error) => error <= 5).length / all.length,
    errorPx: { median: percentile(errors, 0.5), p95: percentile(errors, 0.95) },
    framesToFirstPose: percentile(sequences.map((s) => s.findIndex((o) => o.tracked)).filter((i) => i >= 0), 0.5),
    milliseconds: {
      cold: percentile(cold, 0.5), coldP95: percentile(cold, 0.95), follow: percentile(follow, 0.5), followP95: percentile(follow, 0.95),
    },
  };
}

const aspectOf = (photograph: Photograph): number => photograph.markerImage.height / photograph.markerImage.width;

async function runClass(kind: PathClass): Promise<FrameOutcome[][]> {
  const sequences: FrameOutcome[][] = [];
  for (const [i, photograph] of photographs.entries()) {
    const random = createRandom(seed + 7919 * i);
    const path = createPath(random, kind);
    const camera = createCamera(random, photograph, wallFor(i), path, kind);
    const tracker = await createTestTracker();
    tracker.addTarget(markers[i]!.file);
    sequences.push(runSequence(tracker, camera, path, aspectOf(photograph), frames));
  }
  return sequences;
}

/** Static camera, σ = 4, target at 40 % of the width: deviation of each corner's x and y from its mean; and lag at 200 px/s. */
async function steadiness(): Promise<{ jitterPx: number; lagFrames: number }> {
  const kind: PathClass = { ...EASY, widthShare: [0.4, 0.4], tiltDegrees: [15, 15], rollDegrees: [5, 5], stray: 0.02, noise: 4 };
  const speed = 200;
  let squares = 0, count = 0, lag = 0, lagCount = 0;
  for (const [i, photograph] of photographs.entries()) {
    const start = createPath(createRandom(seed + i), kind)(0);
    const still: CameraPath = () => start;
    const ramp: CameraPath = (seconds) => start.map((value, k) => (k < 3 ? value + (speed * seconds - 80) * start[6 + k]! : value));
    const stillCorners = (await cornersOver(i, still, kind)).map(([, corners]) => corners);
    for (let k = 0; k < 8; k++) {
      const mean = stillCorners.reduce((sum, c) => sum + c[k]!, 0) / stillCorners.length;
      for (const c of stillCorners) squares += (c[k]! - mean) ** 2;
      count += stillCorners.length;
    }
    for (const [frame, corners] of await cornersOver(i, ramp, kind)) {
      const truth = projectCorners(ramp(frame / FRAMES_A_SECOND), aspectOf(photograph));
      for (let k = 0; k < 8; k += 2) lag += truth[k]! - corners[k]!;
      lagCount += 4;
    }
  }
  return { jitterPx: Math.sqrt(squares / count), lagFrames: lag / lagCount / (speed / FRAMES_A_SECOND) };
}

/** Frame number and corners of each tracked frame, after the first few. */
async function cornersOver(index: number, path: CameraPath, kind: PathClass): Promise<[frame: number, corners: number[]][]> {
  const camera = createCamera(createRandom(seed + index), photographs[index]!, wallFor(index), path, kind);
  const tracker = await createTestTracker();
  tracker.addTarget(markers[index]!.file);
  const seen: [number, number[]][] = [];
  for (let frame = 0; frame < 24; frame++) {
    const { targets } = tracker.track({ rgba: camera.render(frame).buffer, timestampMs: (1000 * frame) / FRAMES_A_SECOND });
    if (frame >= 5 && targets[0]!.state === 'tracking') seen.push([frame, [...targets[0]!.corners]]);
  }
  return seen;
}

/** Frames in which a target was reported though none of those looked for is in view. */
async function falsePositives(): Promise<{ frames: number; targets: number; found: number }> {
  let found = 0, count = 0;
  for (const [i, shown] of photographs.entries()) {
    const tracker = await createTestTracker();
    for (const [j, marker] of markers.entries()) {
      if (photographs[j] !== shown && photographs[j] !== wallFor(i)) tracker.addTarget(marker.file);
    }
    const random = createRandom(seed + 104729 * (i + 1));
    const camera = createCamera(random, shown, wallFor(i), createPath(random, EASY), EASY);
    for (let frame = 0; frame < frames; frame += 3, count++) {
      const { targets } = tracker.track({ rgba: camera.render(frame).buffer, timestampMs: 600 * frame });
      if (targets.some((target) => target.state !== 'searching')) found++;
    }
  }
  return { frames: count, targets: photographs.length - 2, found };
}

const seed = seedOfThisRun();
const frames = Number(options.frames);
const photographs = await loadPhotographs(options.images);
if (photographs.length < 3) throw new Error(`${options.images} holds ${photographs.length} photographs; at least three are needed.`);
await buildMarkerTool();
const markers: CompiledMarker[] = await compileMarkers(photographs.map((photograph) => photograph.markerImage));
const wallFor = (index: number): Photograph => photographs[(index + Math.floor(photographs.length / 2)) % photographs.length]!;

console.log(`seed ${seed}, ${photographs.length} photographs of ${options.images}, ${frames} frames a sequence, 640×480`);
console.log('Synthetic video is not a phone; milliseconds are of this machine.\n');
console.log('class                 tracked  ≤ 5 px   error px median / p95   frames to pose   ms cold / p95     follow / p95');
const rows: Row[] = [];
const wanted = options.classes?.split(',');
for (const kind of CLASSES) {
  if (wanted !== undefined && !wanted.includes(kind.name)) continue;
  const row = rowOf(kind.name, await runClass(kind));
  rows.push(row);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8);
  const { errorPx: e, milliseconds: m } = row;
  console.log(
    row.class.padEnd(21) + percent(row.tracked) + percent(row.within5px) +
      `${e.median.toFixed(2)} / ${e.p95.toFixed(2)}`.padStart(20) + String(row.framesToFirstPose).padStart(18) +
      `${m.cold.toFixed(1)} / ${m.coldP95.toFixed(1)}`.padStart(19) + `${m.follow.toFixed(1)} / ${m.followP95.toFixed(1)}`.padStart(17),
  );
}
const steady = await steadiness();
const absent = await falsePositives();
const compiled = {
  bytes: { median: percentile(markers.map((m) => m.bytes), 0.5), most: Math.max(...markers.map((m) => m.bytes)) },
  milliseconds: percentile(markers.map((m) => m.milliseconds), 0.5),
};
console.log(`\njitter ${steady.jitterPx.toFixed(3)} px RMS (static camera, σ = 4), lag ${steady.lagFrames.toFixed(2)} frames at 200 px/s, same parameters`);
console.log(`false positives: ${absent.found} of ${absent.frames} frames, ${absent.targets} targets looked for in each`);
console.log(`markers: ${compiled.bytes.median} bytes median, ${compiled.bytes.most} most; compiled in ${compiled.milliseconds.toFixed(0)} ms`);

if (options.json !== undefined) {
  await mkdir(path.dirname(options.json), { recursive: true });
  await writeFile(options.json, JSON.stringify({ seed, photographs: photographs.length, frames, classes: rows, steady, absent, compiled }, null, 2));
}
