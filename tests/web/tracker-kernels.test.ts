import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createKernelBench } from './tracking/kernels.ts';
import { createRandom, seedOfThisRun } from './tracking/random.ts';

const seed = seedOfThisRun();

function noise(count: number, salt: number): Uint8Array {
  const random = createRandom(seed + salt);
  return Uint8Array.from({ length: count }, () => Math.floor(256 * random.next()));
}

/** Noise that has corners: blocks of equal pixels. */
function blocks(width: number, height: number, salt: number): Uint8Array {
  const values = noise(width * height, salt);
  return values.map((_, i) => values[Math.floor(Math.floor(i / width) / 5) * width + Math.floor((i % width) / 6)]!);
}

describe(`each SIMD kernel computes what its plain reference does (seed ${seed})`, () => {
  test('luma of RGBA', async () => {
    const { kernels, place, view } = await createKernelBench();
    const pixels = 16 * 37;
    const rgba = noise(4 * pixels, 1);
    const luma = kernels.allocate(pixels);
    kernels.rgbaToLuma(place(rgba), luma, pixels);
    const expected = Array.from({ length: pixels }, (_, i) => (77 * rgba[4 * i]! + 150 * rgba[4 * i + 1]! + 29 * rgba[4 * i + 2]! + 128) >> 8);
    expect([...view(luma, pixels)]).toEqual(expected);
  });

  test.each([[32, 10], [70, 41], [640, 6]])('half of %i×%i', async (width, height) => {
    const { kernels, place, view } = await createKernelBench();
    const stride = width + 3;
    const image = noise(stride * height, 2);
    const w = width >> 1, h = height >> 1;
    const half = kernels.allocate(w * h);
    kernels.halve(place(image), stride, half, w, w, h);
    const at = (x: number, y: number): number => image[y * stride + x]!;
    const expected = Array.from({ length: w * h }, (_, i) => {
      const x = 2 * (i % w), y = 2 * Math.floor(i / w);
      return (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 2) >> 2;
    });
    expect([...view(half, w * h)]).toEqual(expected);
  });

  test.each([[16, 1], [16, 5], [47, 33], [160, 9]])('smoothing %i×%i', async (width, height) => {
    const { kernels, place, view } = await createKernelBench();
    const image = noise(width * height, 3);
    const to = kernels.allocate(width * height);
    kernels.smooth(place(image), to, width, height, width, kernels.allocate(2 * (width + 16)));
    const weights = [1, 4, 6, 4, 1];
    const clamp = (value: number, size: number): number => Math.min(Math.max(value, 0), size - 1);
    const expected = Array.from({ length: width * height }, (_, i) => {
      let sum = 128;
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          const x = clamp((i % width) + dx, width), y = clamp(Math.floor(i / width) + dy, height);
          sum += weights[dx + 2]! * weights[dy + 2]! * image[y * width + x]!;
        }
      }
      return sum >> 8;
    });
    expect([...view(to, width * height)]).toEqual(expected);
  });

  test.each([[64, 40, 3], [51, 37, 20]])('corner scores of %i×%i from %i', async (width, height, threshold) => {
    const { kernels, place, view } = await createKernelBench();
    const margin = 4;
    const image = blocks(width, height, 4);
    const scores = kernels.allocate(width * height);
    kernels.cornerScores(place(image), scores, width, height, width, threshold, margin);
    const circle = [[0, -3], [1, -3], [2, -2], [3, -1], [3, 0], [3, 1], [2, 2], [1, 3], [0, 3], [-1, 3], [-2, 2], [-3, 1], [-3, 0], [-3, -1], [-2, -2], [-1, -3]] as const;
    const expected = Array.from({ length: width * height }, (_, i) => {
      const x = i % width, y = Math.floor(i / width);
      if (x < margin - 1 || y < margin - 1 || x > width - margin || y > height - margin) return 0;
      const differences = circle.map(([dx, dy]) => image[(y + dy) * width + x + dx]! - image[i]!);
      let score = 0;
      for (let start = 0; start < 16; start++) {
        const arc = Array.from({ length: 9 }, (_, k) => differences[(start + k) % 16]!);
        score = Math.max(score, Math.min(...arc), -Math.max(...arc));
      }
      return score >= threshold ? score : 0;
    });
    expect([...view(scores, width * height)]).toEqual(expected);
    expect(expected.filter((score) => score > 0).length).toBeGreaterThan(20);
  });

  test('what is a peak of the scores: the first in raster order of equals', async () => {
    const { kernels, place } = await createKernelBench();
    const width = 40, height = 30;
    // Few values, so that neighbours are often equal.
    const scores = noise(width * height, 7).map((value) => value >> 6);
    const at = place(scores);
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const own = scores[y * width + x]!;
        let peak = true;
        for (let dy = -1; dy <= 1; dy++) {
          for (let dx = -1; dx <= 1; dx++) {
            const other = scores[(y + dy) * width + x + dx]!;
            if (dy < 0 || (dy === 0 && dx < 0)) peak &&= own > other;
            else if (dy > 0 || dx > 0) peak &&= own >= other;
          }
        }
        expect(Boolean(kernels.isPeak(at + y * width + x, width)), `${x}, ${y}`).toBe(peak);
      }
    }
  });

  test('orientation: the step whose direction the centroid of brightness lies in', async () => {
    const { kernels, place } = await createKernelBench();
    const side = 32;
    for (let salt = 0; salt < 40; salt++) {
      const image = blocks(side, side, 20 + salt);
      let mx = 0, my = 0;
      for (let dy = -12; dy <= 12; dy++) {
        for (let dx = -12; dx <= 12; dx++) {
          if (dx * dx + dy * dy > 12 * 12 + 12) continue;
          mx += dx * image[(16 + dy) * side + 16 + dx]!;
          my += dy * image[(16 + dy) * side + 16 + dx]!;
        }
      }
      const step = kernels.orientation(place(image) + 16 * side + 16, side);
      const turn = Math.atan2(my, mx) - (2 * Math.PI * step) / 64;
      // Half a step, and what rounding the cosines to 2⁻¹⁴ may add.
      expect(Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn)))).toBeLessThan(Math.PI / 64 + 1e-3);
    }
  });

  test('there is one path, and it is the SIMD one: a host without it can’t run this test', async () => {
    for (const name of ['kernels', 'tracker']) {
      const wasm = await readFile(new URL(`../../static-webxr/tracker/build/${name}.wasm`, import.meta.url));
      expect(WebAssembly.validate(wasm), name).toBe(true);
      // i8x16.popcnt, and v128.load with either alignment.
      expect(wasm.includes(Buffer.from([0xfd, 0x62])), name).toBe(true);
      expect(wasm.includes(Buffer.from([0xfd, 0x00, 0x00])) || wasm.includes(Buffer.from([0xfd, 0x00, 0x04])), name).toBe(true);
    }
  });

  test('Hamming distances, opposites included', async () => {
    const { kernels, place, view } = await createKernelBench();
    const count = 48;
    const descriptors = noise(32 * count, 5);
    const probe = noise(32, 6);
    descriptors.set(probe, 32 * 7);
    descriptors.set(probe.map((byte) => ~byte), 32 * 20);
    const from = place(descriptors);
    const inBlocks = kernels.allocate(32 * count);
    for (let i = 0; i < count; i++) kernels.storeInBlocks(from + 32 * i, inBlocks, i);
    const distances = kernels.allocate(count);
    const least = kernels.hammingToAll(place(probe), inBlocks, count / 16, distances);
    const expected = Array.from({ length: count }, (_, i) => {
      let distance = 0;
      for (let k = 0; k < 32; k++) {
        for (let bits = probe[k]! ^ descriptors[32 * i + k]!; bits > 0; bits >>= 1) distance += bits & 1;
      }
      return Math.min(distance, 255);
    });
    expect([...view(distances, count)]).toEqual(expected);
    expect(expected[7]).toBe(0);
    expect(expected[20]).toBe(255);
    expect(least).toBe(0);
  });
});
