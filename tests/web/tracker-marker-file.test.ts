import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { focalLengthPx, MarkerFileError, projectionMatrix, type TrackerCore } from '@portico/tracker';
import { beforeAll, describe, expect, test } from 'vitest';
import { createCamera } from './tracking/camera.ts';
import { createPath, EASY, FRAME_HEIGHT_PX, FRAME_WIDTH_PX, FRAMES_A_SECOND, projectCorners } from './tracking/camera-path.ts';
import { compileMarkers } from './tracking/compile-markers.ts';
import { mutateMarker } from './tracking/marker-mutations.ts';
import { loadPhotograph, PHOTOGRAPHS_FOLDER, type LumaImage, type Photograph } from './tracking/photographs.ts';
import { createRandom, seedOfThisRun } from './tracking/random.ts';
import { createTestTracker } from './tracking/run-sequence.ts';

const seed = seedOfThisRun();
let photograph: Photograph;
let wall: Photograph;
let marker: ArrayBuffer;

beforeAll(async () => {
  photograph = await loadPhotograph(`${PHOTOGRAPHS_FOLDER}/YellowFlower.jpg`);
  wall = await loadPhotograph(`${PHOTOGRAPHS_FOLDER}/Dune.jpg`);
  marker = (await compileMarkers([photograph.markerImage]))[0]!.file;
}, 60_000);

function frames(): (index: number) => ArrayBuffer {
  const random = createRandom(seed);
  const path = createPath(random, EASY);
  const camera = createCamera(random, photograph, wall, path, EASY);
  return (index) => camera.render(index).buffer;
}

async function stateAfter(tracker: TrackerCore): Promise<string> {
  const frame = frames();
  return tracker.track({ rgba: frame(0), timestampMs: 0 }).targets[0]!.state;
}

describe(`marker files (seed ${seed})`, () => {
  test('a whole one is read, and its picture is found', async () => {
    const tracker = await createTestTracker();
    const { widthPx, heightPx } = tracker.addTarget(marker);
    expect([widthPx, heightPx]).toEqual([photograph.markerImage.width, photograph.markerImage.height]);
    expect(await stateAfter(tracker)).toBe('tracking');
  });

  test('damaged ones are refused, and the tracker goes on', async () => {
    const tracker = await createTestTracker();
    const random = createRandom(seed);
    const bytes = new Uint8Array(marker);
    const damaged: Uint8Array<ArrayBuffer>[] = [new Uint8Array(0), new Uint8Array(31), new Uint8Array(25_000), new Uint8Array((1 << 20) + 1)];
    for (let i = 0; i < 60; i++) {
      damaged.push(bytes.slice(0, Math.floor(random.next() * bytes.length)));
      const flipped = bytes.slice();
      const at = 32 + Math.floor(random.next() * (bytes.length - 32));
      flipped[at]! ^= 1 << Math.floor(8 * random.next());
      damaged.push(flipped);
    }
    // Every count and size in the header, made too large.
    for (const field of [4, 6, 7, 12, 14, 16, 20]) {
      const grown = bytes.slice();
      grown[field] = 255;
      damaged.push(grown);
    }
    for (const file of damaged) expect(() => tracker.addTarget(file.buffer), `${file.length} bytes`).toThrow(MarkerFileError);

    expect(tracker.addTarget(marker).index).toBe(0);
    expect(await stateAfter(tracker)).toBe('tracking');
  });
});

describe(`changed marker files whose checksum is right (seed ${seed})`, () => {
  /** What a file may cost, in processor time: far more than any of the compiler's, far less than a page that hangs. */
  const LONGEST_MS = 300;
  const FULL = process.env['PORTICO_TEST_FULL'] === '1';
  const FILES = FULL ? 100_000 : 2_000;
  const TARGETS_A_TRACKER = 100;
  const SIDE_PX = 160;

  interface Exports {
    memory: WebAssembly.Memory;
    setFrame(widthPx: number, heightPx: number, focalPx: number, known: boolean): void;
    frameBuffer(): number;
    markerBuffer(bytes: number): number;
    addTarget(bytes: number): number;
    track(timestampMs: number): void;
  }

  test(`${FILES} of them: read or refused, soon, and never beyond their end`, async () => {
    const wasm = await readFile(new URL('../../static-webxr/tracker/build/tracker.wasm', import.meta.url));
    const module = await WebAssembly.compile(wasm);
    const small = (side: number): LumaImage => photograph.pyramid.find((image) => image.width <= side)!;
    const whole = (await compileMarkers([small(90), small(130), photograph.markerImage])).map(({ file }) => new Uint8Array(file));
    const random = createRandom(seed);
    const frame = Uint8Array.from({ length: 4 * SIDE_PX * SIDE_PX }, (_, i) => {
      const x = (i >> 2) % SIDE_PX, y = Math.floor((i >> 2) / SIDE_PX);
      return (((x >> 3) * 73 + (y >> 3) * 151) ^ (x >> 2)) & 255;
    });

    /** Two of the same, whose buffers have different bytes after the file: were those read, the two would differ. */
    const start = (): { exports: Exports; after: number }[] => [0, 255].map((after) => {
      const exports = new WebAssembly.Instance(module).exports as unknown as Exports;
      exports.setFrame(SIDE_PX, SIDE_PX, 150, false);
      new Uint8Array(exports.memory.buffer, exports.frameBuffer(), frame.length).set(frame);
      return { exports, after };
    });
    let pair = start(), read = 0, readByThese = 0, longestMs = 0;
    for (let i = 0; i < FILES; i++) {
      // The ordinary size now and then: it takes ten times as long.
      const file = mutateMarker(whole[i % 50 === 49 ? 2 : i % 2]!, random);
      const answers: number[] = [];
      for (const { exports, after } of pair) {
        const at = exports.markerBuffer(file.length);
        const buffer = new Uint8Array(exports.memory.buffer, at, file.length + 4096);
        buffer.fill(after);
        buffer.set(file);
        const before = process.cpuUsage();
        answers.push(exports.addTarget(file.length));
        longestMs = Math.max(longestMs, process.cpuUsage(before).user / 1000);
        // The memory may have grown, and left the buffer behind.
        new Uint8Array(exports.memory.buffer, at, file.length + 4096).fill(0);
      }
      expect(answers[0], `file ${i}`).toBe(answers[1]);
      if (answers[0]! >= 0) {
        read++;
        readByThese++;
      }
      if (readByThese === TARGETS_A_TRACKER || i === FILES - 1) {
        const [a, b] = pair.map(({ exports }) => Buffer.from(exports.memory.buffer));
        expect(a!.equals(b!), `the files before ${i}`).toBe(true);
        pair[0]!.exports.track(0);
        pair[0]!.exports.track(33);
        pair = start();
        readByThese = 0;
      }
    }
    console.log(`${FILES} files: ${read} read, ${FILES - read} refused; ${longestMs.toFixed(0)} ms of processor time for the slowest`);
    // Behind the checksum there must be something left to find out.
    expect(read).toBeGreaterThan(FILES / 10);
    expect(read).toBeLessThan(FILES * 0.9);
    expect(longestMs).toBeLessThan(LONGEST_MS);
  }, FULL ? 3_600_000 : 60_000);

  test('a template of many pixels and few bytes is refused before it is drawn', async () => {
    const file = new Uint8Array(marker.slice(0));
    const header = new DataView(file.buffer);
    header.setUint16(12, 2048, true);
    header.setUint16(14, 2048, true);
    header.setUint32(28, crc32(file.subarray(32)), true);
    const tracker = await createTestTracker();
    const before = process.cpuUsage();
    expect(() => tracker.addTarget(file.buffer)).toThrow(MarkerFileError);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(100);
  });
});

describe('poses', () => {
  test('matrix and projection put the target’s corners where the pose says they are', async () => {
    const tracker = await createTestTracker();
    tracker.addTarget(marker);
    const frame = frames();
    const { targets } = tracker.track({ rgba: frame(0), timestampMs: 0 });
    const { matrix, corners } = targets[0]!;
    const projection = projectionMatrix({ frameWidthPx: FRAME_WIDTH_PX, frameHeightPx: FRAME_HEIGHT_PX }, 0.01, 100);
    const half = photograph.markerImage.height / photograph.markerImage.width / 2;
    const multiply = (m: Float32Array, v: number[]): number[] => [0, 1, 2, 3].map((row) => v.reduce((sum, value, k) => sum + m[4 * k + row]! * value, 0));
    [[-0.5, half], [0.5, half], [0.5, -half], [-0.5, -half]].forEach(([x, y], i) => {
      const eye = multiply(matrix, [x!, y!, 0, 1]);
      expect(eye[2], 'in front of an OpenGL camera').toBeLessThan(0);
      const [cx, cy, , cw] = multiply(projection, eye) as [number, number, number, number];
      expect(((cx / cw + 1) / 2) * FRAME_WIDTH_PX).toBeCloseTo(corners[2 * i]!, 2);
      expect(((1 - cy / cw) / 2) * FRAME_HEIGHT_PX).toBeCloseTo(corners[2 * i + 1]!, 2);
    });
    // The picture's printed side, +z, looks towards the camera.
    const normal = multiply(matrix, [0, 0, 1, 0]), centre = multiply(matrix, [0, 0, 0, 1]);
    expect(normal[0]! * centre[0]! + normal[1]! * centre[1]! + normal[2]! * centre[2]!).toBeLessThan(0);
  });

  test.each([
    ['twice as large', 1280, 960, 2, 0, 0],
    ['upright', 432, 480, 1, 104, 0],
    ['small', 320, 240, 0.5, 0, 0],
  ])('frames may be %s', async (_, widthPx, heightPx, scale, left, top) => {
    const random = createRandom(seed + 1);
    const kind = { ...EASY, widthShare: [0.4, 0.5] as [number, number], stray: 0.05 };
    const path = createPath(random, kind);
    const camera = createCamera(random, photograph, wall, path, kind);
    const focalPx = scale * focalLengthPx({ frameWidthPx: FRAME_WIDTH_PX, frameHeightPx: FRAME_HEIGHT_PX });
    const tracker = await createTestTracker({
      frameWidthPx: widthPx,
      frameHeightPx: heightPx,
      focalPx,
    });
    tracker.addTarget(marker);
    const errors: number[] = [];
    for (let frame = 0; frame < 4; frame++) {
      const from = camera.render(frame);
      const rgba = new Uint8Array(4 * widthPx * heightPx);
      for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
          const at = 4 * (Math.floor(y / scale + top) * FRAME_WIDTH_PX + Math.floor(x / scale + left));
          rgba.set(from.subarray(at, at + 4), 4 * (y * widthPx + x));
        }
      }
      const { targets } = tracker.track({ rgba: rgba.buffer, timestampMs: 33 * frame });
      const truth = projectCorners(path(frame / FRAMES_A_SECOND), photograph.markerImage.height / photograph.markerImage.width);
      const { corners, state } = targets[0]!;
      expect(state).toBe('tracking');
      for (let i = 0; i < 8; i += 2) {
        errors.push(Math.hypot((truth[i]! - left) * scale - corners[i]!, (truth[i + 1]! - top) * scale - corners[i + 1]!) / scale);
      }
    }
    // Of a 640×480 frame's pixels; whole-pixel copies shift what they copy by up to half a pixel.
    expect(Math.max(...errors)).toBeLessThan(3);
  });

  test('frames of another size are refused', async () => {
    const tracker = await createTestTracker();
    expect(() => tracker.track({ rgba: new ArrayBuffer(4), timestampMs: 0 })).toThrow(RangeError);
  });
});
