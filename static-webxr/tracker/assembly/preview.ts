/**
 * What the marker compiler finds in a picture before it chooses keypoints: for the quality score in the browser, before
 * anything is uploaded. Integers throughout, and the same corners as functions/Vision/StableCorners.cs.
 */
import { allocate, mark, release } from './arena';
import { describe, DESCRIPTOR_BYTES, preparePattern } from './descriptor';
import { cornerScores, isPeak } from './fast-corners';
import { orientation } from './orientation';
import { cameraCount, drawView, locatedX, locatedY, locate, viewHeight, viewWidth, viewPixels } from './simulated-view';
import { smooth } from './smooth';

export { allocate, mark, release } from './arena';
export { scaleArea } from './area-resample';

const MARGIN_PX = 14;
const LOWEST_SCORE = 3;
const MOST_CANDIDATES = 600;
/** A described corner this near, in bits, is the same corner. */
const SAME_CORNER_BITS = 64;
/** Squared distance within which a corner is looked for again. */
const NEAR_SQUARED = 6;

/** A candidate: u16 x, u16 y, u8 score, u8 how many simulated cameras found it again. */
export const CANDIDATE_BYTES = 6;

/** Candidates of the view surveyed last, strongest first, and a descriptor of 32 bytes for each. */
export const candidates = allocate(MOST_CANDIDATES * CANDIDATE_BYTES);
export const descriptors = allocate(MOST_CANDIDATES * DESCRIPTOR_BYTES);

// Makes room for the pattern here, where nothing is released.
preparePattern(1);

/** Planes of the image looked at, and which pixels are corners. */
let smoothed: usize = 0;
let smoother: usize = 0;
let scores: usize = 0;

/**
 * Finds the corners of a view of the picture and asks simulated cameras which of them they find again.
 * @param image `width` × `height` pixels without padding, each side at least 36
 * @returns how many stand in `candidates`
 */
export function surveyView(image: usize, width: i32, height: i32): i32 {
  const before = mark();
  prepare(image, width, height);
  const count = takeStrongest(width, height);
  for (let i = 0; i < count; i++) {
    const at = positionOf(i, width);
    describe(smoother + at, orientation(smoothed + at, width), descriptors + <usize>(i * DESCRIPTOR_BYTES));
  }
  for (let camera = 0; camera < cameraCount; camera++) {
    const room = mark();
    drawView(image, width, height, camera);
    if (viewWidth > 2 * MARGIN_PX && viewHeight > 2 * MARGIN_PX) countSurvivors(count, width, height);
    release(room);
  }
  release(before);
  return count;
}

function positionOf(candidate: i32, width: i32): usize {
  const at = candidates + <usize>(candidate * CANDIDATE_BYTES);
  return <usize>(<i32>load<u16>(at, 2) * width + <i32>load<u16>(at));
}

/** Smooths the image twice and scores its pixels; afterwards only peaks have a score. */
function prepare(image: usize, width: i32, height: i32): void {
  const bytes = <usize>(width * height);
  smoothed = allocate(bytes);
  smoother = allocate(bytes);
  const all = allocate(bytes);
  scores = allocate(bytes);
  const columns = allocate(<usize>(2 * width + 64));
  smooth(image, smoothed, width, height, width, columns);
  smooth(smoothed, smoother, width, height, width, columns);
  cornerScores(smoothed, all, width, height, width, LOWEST_SCORE, MARGIN_PX);
  for (let y = MARGIN_PX; y < height - MARGIN_PX; y++) {
    for (let x = MARGIN_PX; x < width - MARGIN_PX; x++) {
      const at = <usize>(y * width + x);
      if (load<u8>(all + at) != 0 && isPeak(all + at, width)) store<u8>(scores + at, load<u8>(all + at));
    }
  }
  preparePattern(width);
}

/** The strongest corners, equal ones in raster order. */
function takeStrongest(width: i32, height: i32): i32 {
  const ofScore = allocate(256 * 4);
  for (let y = MARGIN_PX; y < height - MARGIN_PX; y++) {
    for (let x = MARGIN_PX; x < width - MARGIN_PX; x++) {
      const bin = ofScore + (<usize>load<u8>(scores + <usize>(y * width + x)) << 2);
      store<u32>(bin, load<u32>(bin) + 1);
    }
  }
  // Each score's first place in the list.
  let place = 0;
  for (let score = 255; score >= LOWEST_SCORE; score--) {
    const bin = ofScore + (<usize>score << 2);
    const count = load<i32>(bin);
    store<i32>(bin, place);
    place += count;
  }
  for (let y = MARGIN_PX; y < height - MARGIN_PX; y++) {
    for (let x = MARGIN_PX; x < width - MARGIN_PX; x++) {
      const score = load<u8>(scores + <usize>(y * width + x));
      if (score == 0) continue;
      const bin = ofScore + (<usize>score << 2);
      const rank = load<i32>(bin);
      store<i32>(bin, rank + 1);
      if (rank >= MOST_CANDIDATES) continue;
      const to = candidates + <usize>rank * CANDIDATE_BYTES;
      store<u16>(to, x);
      store<u16>(to, y, 2);
      store<u8>(to, score, 4);
      store<u8>(to, 0, 5);
    }
  }
  return min(place, MOST_CANDIDATES);
}

/** Looks in the view drawn last for each candidate, where it should be. */
function countSurvivors(count: i32, width: i32, height: i32): void {
  prepare(viewPixels, viewWidth, viewHeight);
  const bytes = <usize>(viewWidth * viewHeight);
  // Descriptors of the view's corners, made when first wanted: each corner's place in `described`.
  const places = allocate(bytes << 1);
  const described = allocate(<usize>(count * 21 * DESCRIPTOR_BYTES));
  let describedCount: u32 = 0;
  for (let i = 0; i < count; i++) {
    const candidate = candidates + <usize>(i * CANDIDATE_BYTES);
    locate(width, height, <i32>load<u16>(candidate), <i32>load<u16>(candidate, 2));
    let again = false;
    for (let y = max(locatedY - 2, 0); y <= min(locatedY + 2, viewHeight - 1) && !again; y++) {
      for (let x = max(locatedX - 2, 0); x <= min(locatedX + 2, viewWidth - 1) && !again; x++) {
        const at = <usize>(y * viewWidth + x);
        const dx = x - locatedX, dy = y - locatedY;
        if (load<u8>(scores + at) == 0 || dx * dx + dy * dy > NEAR_SQUARED) continue;
        const place = places + (at << 1);
        if (load<u16>(place) == 0) {
          describe(smoother + at, orientation(smoothed + at, viewWidth), described + <usize>describedCount * DESCRIPTOR_BYTES);
          store<u16>(place, ++describedCount);
        }
        const seen = described + <usize>(load<u16>(place) - 1) * DESCRIPTOR_BYTES;
        again = bitsApart(seen, descriptors + <usize>(i * DESCRIPTOR_BYTES)) <= SAME_CORNER_BITS;
      }
    }
    if (again) store<u8>(candidate, load<u8>(candidate, 5) + 1, 5);
  }
}

/** Bits in which two descriptors differ, 0 to 256. */
export function bitsApart(a: usize, b: usize): i32 {
  return <i32>(
    popcnt(load<u64>(a) ^ load<u64>(b)) + popcnt(load<u64>(a, 8) ^ load<u64>(b, 8)) +
    popcnt(load<u64>(a, 16) ^ load<u64>(b, 16)) + popcnt(load<u64>(a, 24) ^ load<u64>(b, 24))
  );
}
