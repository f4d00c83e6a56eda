import { expect, test } from 'vitest';
import { compileMarkers, describeCorners, type DescribedCorner } from './tracking/compile-markers.ts';
import { createKernelBench } from './tracking/kernels.ts';
import type { LumaImage } from './tracking/photographs.ts';
import { createRandom, seedOfThisRun } from './tracking/random.ts';

const MARGIN_PX = 14;
const LOWEST_SCORE = 3;

/** Overlapping discs and boxes with some noise: corners of every direction and strength. */
function scene(width: number, height: number, seed: number): LumaImage {
  const random = createRandom(seed);
  const pixels = new Uint8Array(width * height).fill(140);
  for (let shape = 0; shape < 120; shape++) {
    const cx = random.between(0, width), cy = random.between(0, height), radius = random.between(3, 40);
    const value = random.between(0, 256), round = random.next() < 0.5;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const inside = round ? Math.hypot(x - cx, y - cy) < radius : Math.max(Math.abs(x - cx), Math.abs(y - cy)) < radius;
        if (inside) pixels[y * width + x] = value;
      }
    }
  }
  return { width, height, pixels: pixels.map((value) => Math.min(255, Math.max(0, value + random.between(-6, 6)))) };
}

test('the tracker finds the compiler’s corners, with the same scores, orientations and descriptors, bit for bit', async () => {
  const seed = seedOfThisRun();
  console.log(`seed ${seed}`);
  const image = scene(301, 217, seed);
  const fromCompiler = await describeCorners(image);

  const { kernels, place, view } = await createKernelBench();
  const { width, height } = image;
  const smooth = kernels.allocate(width * height), smoother = kernels.allocate(width * height), scores = kernels.allocate(width * height);
  const columns = kernels.allocate(2 * (width + 16)), descriptor = kernels.allocate(32);
  kernels.smooth(place(image.pixels), smooth, width, height, width, columns);
  kernels.smooth(smooth, smoother, width, height, width, columns);
  kernels.cornerScores(smooth, scores, width, height, width, LOWEST_SCORE, MARGIN_PX);
  kernels.preparePattern(width);
  const fromTracker: DescribedCorner[] = [];
  for (let y = MARGIN_PX; y < height - MARGIN_PX; y++) {
    for (let x = MARGIN_PX; x < width - MARGIN_PX; x++) {
      const at = y * width + x;
      const score = view(scores + at, 1)[0]!;
      if (score === 0 || !kernels.isPeak(scores + at, width)) continue;
      const step = kernels.orientation(smooth + at, width);
      kernels.describe(smoother + at, step, descriptor);
      fromTracker.push([x, y, score, step, Buffer.from(view(descriptor, 32)).toString('hex')]);
    }
  }

  expect(fromTracker).toEqual(fromCompiler);
  expect(fromTracker.length).toBeGreaterThan(200);
}, 60_000);

test('the tracker decodes the compiler’s template to within what the marker says', async () => {
  const image = scene(640, 480, seedOfThisRun());
  const [marker] = await compileMarkers([image]);
  const header = new DataView(marker!.file);
  const width = header.getUint16(12, true), height = header.getUint16(14, true), near = header.getUint8(19), bytes = header.getUint32(20, true);

  const { kernels, place, view } = await createKernelBench();
  const code = place(new Uint8Array(marker!.file).slice(marker!.bytes - bytes));
  const decoded = kernels.allocate(width * height);
  expect(kernels.decodeTemplate(code, bytes, decoded, width, height, near)).toBeTruthy();

  let worst = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const mean = meanOfArea(image, (x * image.width) / width, ((x + 1) * image.width) / width, (y * image.height) / height, ((y + 1) * image.height) / height);
      worst = Math.max(worst, Math.abs(view(decoded + y * width + x, 1)[0]! - mean));
    }
  }
  expect(worst).toBeLessThanOrEqual(near + 0.5001);
  // A code that ends early is noticed.
  expect(kernels.decodeTemplate(code, Math.floor(bytes / 2), decoded, width, height, near)).toBeFalsy();
}, 60_000);

function meanOfArea(image: LumaImage, left: number, right: number, top: number, bottom: number): number {
  let sum = 0;
  for (let y = Math.floor(top); y < Math.min(image.height, Math.ceil(bottom)); y++) {
    for (let x = Math.floor(left); x < Math.min(image.width, Math.ceil(right)); x++) {
      const w = Math.min(x + 1, right) - Math.max(x, left), h = Math.min(y + 1, bottom) - Math.max(y, top);
      sum += w * h * image.pixels[y * image.width + x]!;
    }
  }
  return sum / ((right - left) * (bottom - top));
}
