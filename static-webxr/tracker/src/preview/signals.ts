import type { Candidate, ViewSurvey } from './survey.ts';

/** What foretells detection: the same counts as functions/Vision/PictureSignals.cs, where they are explained. */
export interface PictureSignals {
  near: number;
  middle: number;
  far: number;
  uniqueness: number;
  stability: number;
  coverage: number;
  contrast: number;
}

const GRID_SIDE = 6;
const MOST_A_CELL = 4;
const LEAST_SURVIVED = 2;
const CAMERAS = 4;
const STRONGEST_A_VIEW = 100;
const LOOKALIKE_BITS = 36;
const LARGEST_VIEW_AREA = 400 * 400;

export function signalsOf(surveys: readonly ViewSurvey[]): PictureSignals {
  const held = [0, 0, 0];
  const covered = new Uint8Array(GRID_SIDE * GRID_SIDE);
  let looked = 0, unique = 0, survived = 0;
  for (const { view, candidates } of surveys) {
    const { widthPx, heightPx } = view;
    const cells = new Uint16Array(GRID_SIDE * GRID_SIDE);
    const octave = Math.round(Math.log2(LARGEST_VIEW_AREA / (widthPx * heightPx)));
    for (const candidate of candidates) {
      if (candidate.survived < LEAST_SURVIVED) continue;
      const cell = Math.floor((candidate.y * GRID_SIDE) / heightPx) * GRID_SIDE + Math.floor((candidate.x * GRID_SIDE) / widthPx);
      cells[cell]!++;
      covered[cell] = 1;
    }
    held[Math.min(Math.max(Math.trunc(octave / 2), 0), 2)]! += cells.reduce((sum, count) => sum + Math.min(count, MOST_A_CELL), 0);

    const strongest = candidates.slice(0, STRONGEST_A_VIEW);
    const apart = Math.floor(Math.max(widthPx, heightPx) / 12);
    looked += strongest.length;
    survived += strongest.reduce((sum, candidate) => sum + candidate.survived, 0);
    unique += strongest.filter((one) => !strongest.some((other) => areLookalikes(one, other, apart))).length;
  }
  return {
    near: Math.log2(1 + held[0]!),
    middle: Math.log2(1 + held[1]!),
    far: Math.log2(1 + held[2]!),
    uniqueness: looked === 0 ? 0 : unique / looked,
    stability: looked === 0 ? 0 : survived / (looked * CAMERAS),
    coverage: covered.reduce((sum, cell) => sum + cell, 0) / covered.length,
    contrast: surveys.length === 0 ? 0 : deviation(surveys.at(-1)!.view.pixels),
  };
}

function areLookalikes(a: Candidate, b: Candidate, apart: number): boolean {
  const dx = a.x - b.x, dy = a.y - b.y;
  return dx * dx + dy * dy > apart * apart && bitsApart(a.descriptor, b.descriptor) < LOOKALIKE_BITS;
}

function bitsApart(a: Uint32Array, b: Uint32Array): number {
  let bits = 0;
  for (let i = 0; i < a.length; i++) {
    let v = a[i]! ^ b[i]!;
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    bits += Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return bits;
}

function deviation(pixels: Uint8Array): number {
  let sum = 0, squares = 0;
  for (const pixel of pixels) {
    sum += pixel;
    squares += pixel * pixel;
  }
  const mean = sum / pixels.length;
  return Math.sqrt(Math.max(0, squares / pixels.length - mean * mean));
}
