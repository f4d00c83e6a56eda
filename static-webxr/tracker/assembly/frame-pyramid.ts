import { allocate } from './arena';
import { halve } from './halve';
import { rgbaToLuma } from './luma';

/**
 * The camera frame in grey, at full size and halved up to three times. All planes share one stride, so that offsets
 * computed for one level hold for all. Pixel i of level l has its centre at (i + 0.5) · 2^l in the frame.
 */
export const MOST_LEVELS = 4;
const SHORTEST_SIDE_PX = 40;
export const LONGEST_SIDE_PX = 1920;
const MOST_PIXELS = LONGEST_SIDE_PX * LONGEST_SIDE_PX;

export let stride: i32 = 0;
export let levels: i32 = 0;

const planes = allocate(MOST_LEVELS * sizeof<usize>());
const widths = allocate(MOST_LEVELS * 4);
const heights = allocate(MOST_LEVELS * 4);
let rgba: usize = 0;
/** Pixels of the largest frame there is room for. */
export let capacityPixels: i32 = 0;

export function plane(level: i32): usize {
  return load<usize>(planes + (<usize>level << 2));
}

export function widthOf(level: i32): i32 {
  return load<i32>(widths + (<usize>level << 2));
}

export function heightOf(level: i32): i32 {
  return load<i32>(heights + (<usize>level << 2));
}

/** Where the frame's RGBA goes. */
export function frameAddress(): usize {
  return rgba;
}

/** May be called again for frames of another size: memory is taken anew only for more pixels than ever before. */
export function preparePyramid(widthPx: i32, heightPx: i32): void {
  stride = widthPx;
  const pixels = widthPx * heightPx;
  if (pixels > capacityPixels) {
    // Growing by half at least, all that is left behind is less than twice what is in use.
    capacityPixels = max(pixels, min(capacityPixels + (capacityPixels >> 1), MOST_PIXELS));
    rgba = allocate(<usize>(4 * capacityPixels));
    for (let level = 0; level < MOST_LEVELS; level++) {
      store<usize>(planes + (<usize>level << 2), allocate(<usize>(capacityPixels >> level)));
    }
  }
  let width = widthPx, height = heightPx;
  for (levels = 0; levels < MOST_LEVELS && min(width, height) >= SHORTEST_SIDE_PX; levels++) {
    store<i32>(widths + (<usize>levels << 2), width);
    store<i32>(heights + (<usize>levels << 2), height);
    width >>= 1;
    height >>= 1;
  }
}

export function buildPyramid(): void {
  rgbaToLuma(rgba, plane(0), stride * heightOf(0));
  for (let level = 1; level < levels; level++) {
    halve(plane(level - 1), stride, plane(level), stride, widthOf(level), heightOf(level));
  }
}
