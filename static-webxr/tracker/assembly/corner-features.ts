import { allocate } from './arena';
import { describe, DESCRIPTOR_BYTES, preparePattern } from './descriptor';
import { cornerScores, isPeak } from './fast-corners';
import { capacityPixels, heightOf, levels, LONGEST_SIDE_PX, plane, stride, widthOf } from './frame-pyramid';
import { BLOCK_BYTES, storeInBlocks } from './hamming';
import { orientation } from './orientation';
import { smooth } from './smooth';

/**
 * The described corners of a frame, over three of its sizes: the strongest few of each cell of a grid, so that a
 * small target in a busy scene has its share.
 */
const MARGIN_PX = 14;
const LOWEST_SCORE = 3;
const MOST_LEVELS = 3;
/** Larger frames are searched from the first halving that is no longer than this. */
const LONGEST_SEARCHED_PX = 720;
const CELL_PX = 40;
const CORNERS_A_CELL = 10;
export const MOST_FEATURES = 3072;

export let featureCount: i32 = 0;
/** x, y pairs of f32 in frame pixels. */
export const featurePositions = allocate(MOST_FEATURES * 8);
export const featureOrientations = allocate(MOST_FEATURES);
/** The level of the frame each was found in. */
export const featureLevels = allocate(MOST_FEATURES);
/** Descriptors one after another, and in blocks of sixteen, as `hammingToAll` reads them. */
export const featureDescriptors = allocate(MOST_FEATURES * DESCRIPTOR_BYTES);
export const featureBlocks = allocate((MOST_FEATURES / 16) * BLOCK_BYTES);

let smoothed: usize = 0;
let smoother: usize = 0;
let scores: usize = 0;
const columns = allocate(2 * LONGEST_SIDE_PX + 64);
let cells: usize = 0;
let roomPixels: i32 = 0;

/** After `preparePyramid`, every time. */
export function prepareFeatures(): void {
  if (capacityPixels > roomPixels) {
    roomPixels = capacityPixels;
    const bytes = <usize>roomPixels;
    smoothed = allocate(bytes);
    smoother = allocate(bytes);
    scores = allocate(bytes);
    // Whole cells and one begun along each side.
    const most = roomPixels / (CELL_PX * CELL_PX) + 2 * (LONGEST_SIDE_PX / CELL_PX) + 1;
    cells = allocate(<usize>(most * CORNERS_A_CELL * 4));
  }
  // Scores near the edges are never written.
  memory.fill(scores, 0, <usize>(stride * heightOf(0)));
  preparePattern(stride);
}

// @ts-ignore: decorator
@inline
function cellsAcross(length: i32): i32 {
  return (length + CELL_PX - 1) / CELL_PX;
}

export function findFeatures(): void {
  featureCount = 0;
  let finest = 0;
  while (finest < levels - 1 && max(widthOf(finest), heightOf(finest)) > LONGEST_SEARCHED_PX) finest++;
  // The smallest first: should a busy frame use up the room, it is the many corners of the largest that go short.
  for (let level = min(levels, finest + MOST_LEVELS) - 1; level >= finest; level--) {
    const width = widthOf(level), height = heightOf(level);
    if (min(width, height) < 2 * MARGIN_PX + 16) continue;
    smooth(plane(level), smoothed, width, height, stride, columns);
    smooth(smoothed, smoother, width, height, stride, columns);
    cornerScores(smoothed, scores, width, height, stride, LOWEST_SCORE, MARGIN_PX);
    gatherByCell(width, height);
    describeCells(level, width, height);
  }
}

/** Fills each cell's list with its strongest corners, strongest first: score << 24 | inverted position. */
function gatherByCell(width: i32, height: i32): void {
  const across = cellsAcross(width);
  memory.fill(cells, 0, <usize>(across * cellsAcross(height) * CORNERS_A_CELL * 4));
  for (let y = MARGIN_PX; y < height - MARGIN_PX; y++) {
    const row = scores + <usize>(y * stride);
    for (let x = MARGIN_PX; x < width - MARGIN_PX; x++) {
      if ((x & 15) == 0 && x + 16 <= width - MARGIN_PX && !v128.any_true(v128.load(row + x))) {
        x += 15;
        continue;
      }
      if (load<u8>(row + x) == 0 || !isPeak(row + x, stride)) continue;
      const key = (<u32>load<u8>(row + x) << 24) | (0xffffff - <u32>(y * stride + x));
      insert(cells + <usize>(((y / CELL_PX) * across + x / CELL_PX) * CORNERS_A_CELL * 4), key);
    }
  }
}

function insert(list: usize, key: u32): void {
  const last = (CORNERS_A_CELL - 1) * 4;
  if (load<u32>(list, last) >= key) return;
  let at = list + last;
  while (at > list && load<u32>(at - 4) < key) {
    store<u32>(at, load<u32>(at - 4));
    at -= 4;
  }
  store<u32>(at, key);
}

function describeCells(level: i32, width: i32, height: i32): void {
  const slots = cellsAcross(width) * cellsAcross(height) * CORNERS_A_CELL;
  const scale = <f32>(1 << level);
  for (let slot = 0; slot < slots && featureCount < MOST_FEATURES; slot++) {
    const key = load<u32>(cells + (<usize>slot << 2));
    if (key == 0) continue;
    const position = <i32>(0xffffff - (key & 0xffffff));
    const step = orientation(smoothed + position, stride);
    const descriptor = featureDescriptors + <usize>featureCount * DESCRIPTOR_BYTES;
    describe(smoother + position, step, descriptor);
    storeInBlocks(descriptor, featureBlocks, featureCount);
    const to = featurePositions + (<usize>featureCount << 3);
    store<f32>(to, (<f32>(position % stride) + 0.5) * scale);
    store<f32>(to, (<f32>(position / stride) + 0.5) * scale, 4);
    store<u8>(featureOrientations + featureCount, step);
    store<u8>(featureLevels + featureCount, level);
    featureCount++;
  }
}
