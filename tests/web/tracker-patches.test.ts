import { describe, expect, test } from 'vitest';
import { createKernelBench, type KernelBench } from './tracking/kernels.ts';
import { createRandom, seedOfThisRun } from './tracking/random.ts';

const seed = seedOfThisRun();
const SIZE = 64;
const SIDE = 8;

type Scene = (x: number, y: number) => number;

/** A smooth scene with structure in every direction: waves 30° apart, from 35 to 215. */
function waves(salt: number): Scene {
  const random = createRandom(seed + salt);
  const parts = Array.from({ length: 6 }, (_, i) => {
    const angle = (i * Math.PI) / 6 + random.between(-0.2, 0.2), k = random.between(0.35, 0.6);
    return { kx: k * Math.cos(angle), ky: k * Math.sin(angle), phase: random.between(0, 7) };
  });
  return (x, y) => 125 + parts.reduce((sum, { kx, ky, phase }) => sum + 15 * Math.sin(kx * x + ky * y + phase), 0);
}

function draw(scene: Scene): Uint8Array {
  return Uint8Array.from({ length: SIZE * SIZE }, (_, i) => Math.round(scene(i % SIZE, Math.floor(i / SIZE))));
}

function templateLevel({ kernels, place }: KernelBench, pixels: Uint8Array): number {
  const address = kernels.allocate(20);
  const at = place(pixels);
  new Uint32Array(kernels.memory.buffer, address, 3).set([at, SIZE, SIZE]);
  return address;
}

/** The patch around (x, y), a frame pixel to the right being (ax, ay) of the template and one down (bx, by). */
function patchByDefinition(pixels: Uint8Array, x: number, y: number, [ax, ay, bx, by]: readonly number[]): (column: number, row: number) => number {
  return (column, row) => {
    const px = x + (column - 3.5) * ax! + (row - 3.5) * bx!, py = y + (column - 3.5) * ay! + (row - 3.5) * by!;
    const ix = Math.floor(px), iy = Math.floor(py), fx = px - ix, fy = py - iy;
    const at = (cx: number, cy: number): number => pixels[cy * SIZE + cx]!;
    return (at(ix, iy) * (1 - fx) + at(ix + 1, iy) * fx) * (1 - fy) + (at(ix, iy + 1) * (1 - fx) + at(ix + 1, iy + 1) * fx) * fy;
  };
}

const cells = Array.from({ length: SIDE * SIDE }, (_, i) => [i % SIDE, Math.floor(i / SIDE)] as const);
const meanOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function correlation(a: number[], b: number[]): number {
  const ma = meanOf(a), mb = meanOf(b);
  let ab = 0, aa = 0, bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

const lessMean = (values: number[]): number[] => values.map((value) => value - meanOf(values));

function roundHalfEven(value: number): number {
  const down = Math.floor(value), fraction = value - down;
  return fraction < 0.5 || (fraction === 0.5 && down % 2 === 0) ? down : down + 1;
}

/** Inverse compositional alignment with gain and offset (Baker and Matthews, 2004), as patch.ts describes it, in doubles. */
function alignByDefinition(patch: (column: number, row: number) => number, frame: Uint8Array, x: number, y: number): { x: number; y: number; similarity: number } {
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const values = lessMean(cells.map(([column, row]) => patch(column, row)));
  const gx = lessMean(cells.map(([column, row]) => (patch(column + 1, row) - patch(column - 1, row)) / 2));
  const gy = lessMean(cells.map(([column, row]) => (patch(column, row + 1) - patch(column, row - 1)) / 2));
  const ridge = 0.02 * (dot(gx, gx) + dot(gy, gy)) + 1;
  const xx = dot(gx, gx) + ridge, yy = dot(gy, gy) + ridge, xy = dot(gx, gy);
  let px = x, py = y, similarity = 0;
  for (let i = 0; i < 8; i++) {
    const seenAt = patchByDefinition(frame, px, py, [1, 0, 0, 1]);
    const seen = lessMean(cells.map(([column, row]) => seenAt(column, row)));
    const product = dot(seen, values);
    similarity = product / Math.sqrt(dot(seen, seen) * dot(values, values));
    const gain = product > 0 ? Math.min(Math.max(dot(values, values) / product, 0.25), 4) : 1;
    const errors = values.map((value, k) => value - gain * seen[k]!);
    const ex = dot(errors, gx), ey = dot(errors, gy);
    const dx = (yy * ex - xy * ey) / (xx * yy - xy * xy), dy = (xx * ey - xy * ex) / (xx * yy - xy * xy);
    px += dx;
    py += dy;
    if (dx * dx + dy * dy < 0.0004) break;
  }
  return { x: px, y: py, similarity };
}

describe(`patches (seed ${seed})`, () => {
  test('the gradient matrix of a warped patch is that of its definition', async () => {
    const bench = await createKernelBench();
    const pixels = draw(waves(1));
    const warp = [0.9, 0.2, -0.3, 1.1] as const;
    expect(bench.kernels.warpPatch(templateLevel(bench, pixels), 30.3, 28.8, ...warp)).toBeTruthy();
    const patch = patchByDefinition(pixels, 30.3, 28.8, warp);
    const gx = cells.map(([column, row]) => (patch(column + 1, row) - patch(column - 1, row)) / 2);
    const gy = cells.map(([column, row]) => (patch(column, row + 1) - patch(column, row - 1)) / 2);
    const mx = meanOf(gx), my = meanOf(gy);
    const sum = (f: (i: number) => number): number => gx.reduce((total, _, i) => total + f(i), 0);
    const { matrixXX, matrixXY, matrixYY } = bench.kernels;
    const scale = sum((i) => (gx[i]! - mx) ** 2 + (gy[i]! - my) ** 2);
    expect(Math.abs(matrixXX.value - sum((i) => (gx[i]! - mx) ** 2)) / scale).toBeLessThan(1e-3);
    expect(Math.abs(matrixXY.value - sum((i) => (gx[i]! - mx) * (gy[i]! - my))) / scale).toBeLessThan(1e-3);
    expect(Math.abs(matrixYY.value - sum((i) => (gy[i]! - my) ** 2)) / scale).toBeLessThan(1e-3);
  });

  test('the search finds the most similar place, as a plain correlation does', async () => {
    const bench = await createKernelBench();
    const { kernels, place } = bench;
    const scene = waves(2);
    const template = draw(scene);
    const frame = draw((x, y) => 20 + 0.7 * scene(x - 4, y + 3));
    const level = templateLevel(bench, template), plane = place(frame);
    const radius = 6;
    for (const [x, y] of [[30, 30], [24, 36], [33, 25]] as const) {
      kernels.warpPatch(level, x + 0.5, y + 0.5, 1, 0, 0, 1);
      expect(kernels.searchPatch(plane, SIZE, SIZE, SIZE, x + 0.5, y + 0.5, radius)).toBeTruthy();
      const patch = patchByDefinition(template, x + 0.5, y + 0.5, [1, 0, 0, 1]);
      const wanted = cells.map(([column, row]) => patch(column, row));
      const at = (left: number, top: number): number[] => cells.map(([column, row]) => frame[(top + row) * SIZE + left + column]!);
      const left = kernels.foundX.value - 3.5, top = kernels.foundY.value - 3.5;
      let best = -1;
      for (let dy = -radius; dy <= radius; dy++) {
        for (let dx = -radius; dx <= radius; dx++) best = Math.max(best, correlation(wanted, at(x - 3 + dx, y - 3 + dy)));
      }
      // The patch is rounded to whole steps, and nearer places win by up to 4 %.
      expect(correlation(wanted, at(left, top))).toBeGreaterThan(best - 0.05);
      expect(kernels.similarity.value).toBeGreaterThan(best - 0.06);
      expect(Math.hypot(kernels.foundX.value - (x + 0.5) - 4, kernels.foundY.value - (y + 0.5) + 3)).toBeLessThanOrEqual(1);
    }
  });

  test('alignment finds the shift to a tenth of a pixel, in another light', async () => {
    const bench = await createKernelBench();
    const { kernels, place } = bench;
    const scene = waves(3);
    const level = templateLevel(bench, draw(scene));
    const squares: number[] = [];
    for (const [dx, dy] of [[0.37, -0.61], [-1.2, 0.8], [0, 0]] as const) {
      const plane = place(draw((x, y) => 60 + 0.6 * scene(x - dx, y - dy)));
      for (const x of [19.5, 25.5, 31.5, 37.5, 43.5]) {
        for (const y of [18.5, 24.5, 30.5, 36.5, 42.5]) {
          kernels.warpPatch(level, x, y, 1, 0, 0, 1);
          expect(kernels.alignPatch(plane, SIZE, SIZE, SIZE, x, y, 3)).toBeTruthy();
          expect(kernels.similarity.value).toBeGreaterThan(0.97);
          squares.push((kernels.foundX.value - x - dx) ** 2, (kernels.foundY.value - y - dy) ** 2);
        }
      }
    }
    // Chance makes a place where the waves cancel each other and little is left to hold on to: the root mean square is what counts.
    expect(Math.sqrt(meanOf(squares))).toBeLessThan(0.1);
    expect(Math.sqrt(Math.max(...squares))).toBeLessThan(0.6);
  });

  test('the search is that of its definition, position for position', async () => {
    const bench = await createKernelBench();
    const { kernels, place } = bench;
    const scene = waves(5);
    const template = draw(scene), frame = draw((x, y) => 20 + 0.7 * scene(x - 3, y + 2));
    const level = templateLevel(bench, template), plane = place(frame);
    const radius = 5;
    for (const [x, y] of [[30, 31], [24, 36], [33, 25], [27, 29]] as const) {
      // Half-way between pixels everything the kernel rounds is exact.
      const values = lessMean(cells.map(([column, row]) => patchByDefinition(template, x, y, [1, 0, 0, 1])(column, row))).map(roundHalfEven);
      const places: { x: number; y: number; alike: number; score: number }[] = [];
      for (let dy = -radius; dy <= radius; dy++) {
        for (let dx = -radius; dx <= radius; dx++) {
          const left = roundHalfEven(x - 3.5) + dx, top = roundHalfEven(y - 3.5) + dy;
          const alike = correlation(values, cells.map(([column, row]) => frame[(top + row) * SIZE + left + column]!));
          places.push({ x: left + 3.5, y: top + 3.5, alike, score: alike <= 0 ? -1 : alike * alike * (1 - 0.04 * (dx * dx + dy * dy) / radius ** 2) });
        }
      }
      expect(kernels.warpPatch(level, x, y, 1, 0, 0, 1)).toBeTruthy();
      expect(kernels.searchPatch(plane, SIZE, SIZE, SIZE, x, y, radius)).toBeTruthy();
      const best = Math.max(...places.map(({ score }) => score));
      const chosen = places.find((at) => at.x === kernels.foundX.value && at.y === kernels.foundY.value)!;
      expect(chosen.score).toBeGreaterThan(best - 1e-5);
      expect(Math.abs(kernels.similarity.value - Math.sqrt(chosen.score))).toBeLessThan(1e-4);
    }
  });

  test('alignment is that of its definition, to a hundredth of a pixel', async () => {
    const bench = await createKernelBench();
    const { kernels, place } = bench;
    const scene = waves(6);
    const template = draw(scene), level = templateLevel(bench, template);
    const frame = draw((x, y) => 60 + 0.6 * scene(x - 0.8, y + 0.5)), plane = place(frame);
    for (const x of [20, 26, 32, 38, 44]) {
      for (const y of [19, 25, 31, 37, 43]) {
        kernels.warpPatch(level, x, y, 1, 0, 0, 1);
        const expected = alignByDefinition(patchByDefinition(template, x, y, [1, 0, 0, 1]), frame, x, y);
        expect(kernels.alignPatch(plane, SIZE, SIZE, SIZE, x, y, 3)).toBeTruthy();
        expect(Math.hypot(kernels.foundX.value - expected.x, kernels.foundY.value - expected.y)).toBeLessThan(0.01);
        expect(Math.abs(kernels.similarity.value - expected.similarity)).toBeLessThan(1e-3);
      }
    }
  });

  test('patches that leave the template or the frame are refused', async () => {
    const bench = await createKernelBench();
    const { kernels, place } = bench;
    const pixels = draw(waves(4));
    const level = templateLevel(bench, pixels), plane = place(pixels);
    for (const [x, y] of [[3, 30], [30, 3], [60, 30], [30, 61], [Number.NaN, 30]] as const) {
      expect(kernels.warpPatch(level, x, y, 1, 0, 0, 1)).toBeFalsy();
    }
    kernels.warpPatch(level, 30, 30, 1, 0, 0, 1);
    for (const [x, y] of [[2, 30], [30, 60], [Number.NaN, 30]] as const) {
      expect(kernels.alignPatch(plane, SIZE, SIZE, SIZE, x, y, 3)).toBeFalsy();
      if (!Number.isNaN(x)) expect(kernels.searchPatch(plane, SIZE, SIZE, SIZE, x, y, 4)).toBeFalsy();
    }
  });
});
