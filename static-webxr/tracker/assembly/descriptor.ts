import { allocate } from './arena';
import { cosine, ORIENTATIONS, sine } from './orientation';

/**
 * 256 brightness comparisons around a corner, the pattern turned with the corner's orientation. BRIEF (Calonder et
 * al., ECCV 2010), steered as in ORB. The same bits as functions/Vision/SteeredBrief.cs.
 */
export const DESCRIPTOR_BYTES = 32;
const BITS = 256;

/** Two i32 offsets a bit, for each orientation, for one stride. */
let offsets: usize = 0;
let generator: u32 = 0;

function coordinate(): i32 {
  let sum = 0;
  for (let i = 0; i < 3; i++) {
    generator = generator * 1664525 + 1013904223;
    sum += <i32>((generator >> 16) % 13) - 6;
  }
  return sum;
}

/** Turns the pattern (docs/marker-format.md, pattern 1) into offsets for planes with `stride` bytes a row. */
export function preparePattern(stride: i32): void {
  if (offsets == 0) offsets = allocate(ORIENTATIONS * BITS * 8);
  generator = 0x50524b31;
  for (let bit = 0; bit < BITS; ) {
    const x1 = coordinate(), y1 = coordinate(), x2 = coordinate(), y2 = coordinate();
    if (x1 * x1 + y1 * y1 > 144 || x2 * x2 + y2 * y2 > 144) continue;
    if ((x1 - x2) * (x1 - x2) + (y1 - y2) * (y1 - y2) < 9) continue;
    for (let step = 0; step < ORIENTATIONS; step++) {
      const at = offsets + (<usize>(step * BITS + bit) << 3);
      store<i32>(at, turned(x1, y1, step, stride));
      store<i32>(at, turned(x2, y2, step, stride), 4);
    }
    bit++;
  }
}

function turned(x: i32, y: i32, step: i32, stride: i32): i32 {
  const cos = cosine(step), sin = sine(step);
  return ((x * sin + y * cos + 8192) >> 14) * stride + ((x * cos - y * sin + 8192) >> 14);
}

/**
 * @param at address of the corner in a plane smoothed twice, 12 pixels or more from every edge
 * @param to 32 bytes; bit i stands in byte i / 8 at bit i mod 8, set when the first point is darker than the second
 */
export function describe(at: usize, step: i32, to: usize): void {
  let pair = offsets + (<usize>(step * BITS) << 3);
  for (let byte = 0; byte < DESCRIPTOR_BYTES; byte++) {
    let bits: u32 = 0;
    for (let bit = 0; bit < 8; bit++) {
      bits |= <u32>(load<u8>(at + load<i32>(pair)) < load<u8>(at + load<i32>(pair, 4))) << bit;
      pair += 8;
    }
    store<u8>(to + byte, bits);
  }
}
