import { readFile } from 'node:fs/promises';
import { focalLengthPx, type TrackerCore } from '@portico/tracker';
import { beforeAll, describe, expect, test } from 'vitest';
import { createCamera } from './tracking/camera.ts';
import { createPath, EASY, FRAME_HEIGHT_PX, FRAME_WIDTH_PX, FRAMES_A_SECOND, meanCornerErrorPx, projectCorners, type PathClass } from './tracking/camera-path.ts';
import { loadOnePicture } from './tracking/one-picture.ts';
import type { Photograph } from './tracking/photographs.ts';
import { createRandom, seedOfThisRun } from './tracking/random.ts';
import { createTestTracker, percentile } from './tracking/run-sequence.ts';

const LANDSCAPE = { frameWidthPx: FRAME_WIDTH_PX, frameHeightPx: FRAME_HEIGHT_PX };
const UPRIGHT = { frameWidthPx: 400, frameHeightPx: 480 };
const ASSUMED_FOCAL_PX = focalLengthPx(LANDSCAPE);
/** Seen from sides that differ, as by a hand that moves. */
const TURNING: PathClass = { ...EASY, tiltDegrees: [12, 38], swingSeconds: [1.5, 2.5], widthShare: [0.45, 0.7] };

const seed = seedOfThisRun();
let photograph: Photograph;
let wall: Photograph;
let marker: ArrayBuffer;
let aspect: number;

beforeAll(async () => {
  ({ photograph, wall, marker, aspect } = await loadOnePicture());
}, 60_000);

/** Frames and truth of a camera of this focal length. */
function film(kind: PathClass, salt: number): { frame(i: number): ArrayBuffer; corners(i: number): Float64Array } {
  const random = createRandom(seed + salt);
  const path = createPath(random, kind);
  const camera = createCamera(random, photograph, wall, path, kind);
  return { frame: (i) => camera.render(i).buffer, corners: (i) => projectCorners(path(i / FRAMES_A_SECOND), aspect) };
}

function trackFrame(tracker: TrackerCore, rgba: ArrayBuffer, i: number) {
  return tracker.track({ rgba, timestampMs: (1000 * i) / FRAMES_A_SECOND });
}

describe(`the focal length (seed ${seed})`, () => {
  test.each([1.18, 0.86])('is found within two seconds when it is %f times what was assumed', async (ratio) => {
    const { frame, corners } = film({ ...TURNING, focalPx: ratio * ASSUMED_FOCAL_PX }, 1);
    const tracker = await createTestTracker(LANDSCAPE);
    tracker.addTarget(marker);
    const errors: number[] = [];
    let focalPx = 0;
    for (let i = 0; i < 54; i++) {
      const result = trackFrame(tracker, frame(i), i);
      focalPx = result.focalPx;
      if (i >= 36) errors.push(meanCornerErrorPx(result.targets[0]!.corners, corners(i)));
    }
    console.log(`focal length ${ratio} times the assumed: found to ${(100 * (focalPx / ASSUMED_FOCAL_PX / ratio - 1)).toFixed(1)} %, corner error ${percentile(errors, 0.5).toFixed(2)} px`);
    expect(Math.abs(focalPx / ASSUMED_FOCAL_PX / ratio - 1)).toBeLessThan(0.05);
    expect(percentile(errors, 0.5)).toBeLessThan(0.7);
  }, 30_000);

  test('is left alone when it is known', async () => {
    const { frame } = film({ ...TURNING, focalPx: 1.1 * ASSUMED_FOCAL_PX }, 2);
    const tracker = await createTestTracker({ ...LANDSCAPE, focalPx: 500 });
    tracker.addTarget(marker);
    for (let i = 0; i < 12; i++) expect(trackFrame(tracker, frame(i), i).focalPx).toBe(500);
  });

  test.each([0, -1, Number.NaN, Infinity])('can’t be %f', async (focalPx) => {
    await expect(createTestTracker({ ...LANDSCAPE, focalPx })).rejects.toThrow(RangeError);
  });
});

describe('a phone turned round while it runs', () => {
  const cutUpright = (from: ArrayBuffer): ArrayBuffer => {
    const { frameWidthPx: width, frameHeightPx: height } = UPRIGHT;
    const rows = new Uint8Array(from), rgba = new Uint8Array(4 * width * height);
    for (let y = 0; y < height; y++) {
      const at = 4 * (y * FRAME_WIDTH_PX + (FRAME_WIDTH_PX - width) / 2);
      rgba.set(rows.subarray(at, at + 4 * width), 4 * y * width);
    }
    return rgba.buffer;
  };

  test('keeps its targets and finds them in the next frames', async () => {
    const { frame, corners } = film({ ...EASY, widthShare: [0.38, 0.5], stray: 0.03 }, 3);
    const left = (FRAME_WIDTH_PX - UPRIGHT.frameWidthPx) / 2;
    const tracker = await createTestTracker({ ...LANDSCAPE, focalPx: ASSUMED_FOCAL_PX });
    tracker.addTarget(marker);
    for (const turn of [0, 1, 2, 3]) {
      const upright = turn % 2 === 1;
      if (turn > 0) tracker.setCamera({ ...(upright ? UPRIGHT : LANDSCAPE), focalPx: ASSUMED_FOCAL_PX });
      let pose;
      for (let i = 3 * turn; i < 3 * turn + 3; i++) {
        const rgba = frame(i);
        pose = trackFrame(tracker, upright ? cutUpright(rgba) : rgba, i).targets[0]!;
      }
      const truth = corners(3 * turn + 2).map((value, k) => (upright && k % 2 === 0 ? value - left : value));
      expect(pose!.state).toBe('tracking');
      expect(meanCornerErrorPx(pose!.corners, truth)).toBeLessThan(1.5);
    }
    expect(() => trackFrame(tracker, new ArrayBuffer(4 * 400 * 480 - 4), 12), 'too few pixels').toThrow(RangeError);
    expect(() => tracker.setCamera({ frameWidthPx: 401, frameHeightPx: 480 })).toThrow(RangeError);
    expect(trackFrame(tracker, cutUpright(frame(12)), 12).targets[0]!.state, 'the camera stays as it was').toBe('tracking');
  });

  test('takes no more memory, however often', async () => {
    const wasm = await readFile(new URL('../../static-webxr/tracker/build/tracker.wasm', import.meta.url));
    const { instance } = await WebAssembly.instantiate(wasm);
    const { memory, setFrame } = instance.exports as unknown as { memory: WebAssembly.Memory; setFrame(width: number, height: number, focalPx: number, known: boolean): void };
    setFrame(768, 432, 600, false);
    setFrame(432, 768, 600, false);
    const bytes = memory.buffer.byteLength;
    for (let i = 0; i < 50; i++) {
      setFrame(768, 432, 600, false);
      setFrame(432, 768, 600, false);
    }
    expect(memory.buffer.byteLength).toBe(bytes);
    // Every size that grows, too: what is left behind is bounded by what is in use.
    for (let side = 160; side <= 1920; side += 16) setFrame(side, side, 600, false);
    const grown = memory.buffer.byteLength;
    const once = await WebAssembly.instantiate(wasm);
    const direct = once.instance.exports as unknown as { memory: WebAssembly.Memory; setFrame: typeof setFrame };
    direct.setFrame(1920, 1920, 600, false);
    expect(grown).toBeLessThan(3.5 * direct.memory.buffer.byteLength);
  });
});

test('a printed width puts the picture where it is, in metres', async () => {
  const { frame } = film(EASY, 4);
  const [plain, measured] = [await createTestTracker(LANDSCAPE), await createTestTracker(LANDSCAPE)];
  plain.addTarget(marker);
  measured.addTarget(marker, { widthMetres: 0.21 });
  const rgba = frame(0);
  const a = trackFrame(plain, rgba, 0).targets[0]!, b = trackFrame(measured, rgba, 0).targets[0]!;
  expect(b.state).toBe('tracking');
  for (let k = 0; k < 16; k++) expect(b.matrix[k]).toBeCloseTo(a.matrix[k]! * (k >= 12 && k < 15 ? 0.21 : 1), 5);
  expect([...b.corners]).toEqual([...a.corners]);
  for (const widthMetres of [0, -1, Number.NaN, Infinity]) {
    expect(() => plain.addTarget(marker, { widthMetres })).toThrow(RangeError);
  }
});
