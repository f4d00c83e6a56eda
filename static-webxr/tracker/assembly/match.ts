import { allocate } from './arena';
import {
  featureBlocks, featureCount, featureLevels, featureOrientations, featurePositions, MOST_FEATURES,
} from './corner-features';
import { DESCRIPTOR_BYTES } from './descriptor';
import { hammingToAll } from './hamming';
import { Target } from './target';

/**
 * Pairs a target's keypoints with the frame's corners: nearest descriptor, clearly nearer than the next one elsewhere
 * (Lowe's ratio), and turned and scaled like most of the others.
 */
const MOST_DISTANCE = 72;
/** best ≤ 0.85 · next, in 1/256. */
const RATIO = 218;
/** Corners this near are sightings of the same thing at another scale, in pixels of the coarser one's level. */
const SAME_PLACE_PX: f32 = 6;

const TURNS = 16;
const SIZES = 24;

const MOST_MATCHES = 512;
/**
 * One match: f32 x, y on the target; f32 x, y in the frame; i32 distance; i32 feature level; i32 votes' cell; then what
 * this match alone says of the target: i32 turn in 64ths, f32 width in frame pixels.
 */
export const MATCH_BYTES = 36;
export const matches = allocate((MOST_MATCHES + 1) * MATCH_BYTES);
export let matchCount: i32 = 0;

const distances = allocate(MOST_FEATURES);
const votes = allocate(TURNS * SIZES * 4);

export function matchKeypoints(target: Target): void {
  matchCount = 0;
  if (featureCount == 0) return;
  memory.fill(votes, 0, TURNS * SIZES * 4);
  const blocks = (featureCount + 15) >> 4;
  for (let i = 0; i < target.keypointCount && matchCount < MOST_MATCHES; i++) {
    const least = hammingToAll(target.descriptors + <usize>(i * DESCRIPTOR_BYTES), featureBlocks, blocks, distances);
    // Places after the last feature hold old descriptors: they can only make `least` too small.
    if (least > MOST_DISTANCE) continue;
    pair(target, i);
  }
  keepAgreeing();
  sortByDistance();
}

function pair(target: Target, keypoint: i32): void {
  let best = 256, bestAt = 0;
  for (let j = 0; j < featureCount; j++) {
    const d = <i32>load<u8>(distances + j);
    if (d < best) {
      best = d;
      bestAt = j;
    }
  }
  if (best > MOST_DISTANCE) return;
  const limit = min(255, (best << 8) / RATIO);
  const x = load<f32>(featurePositions + (<usize>bestAt << 3)), y = load<f32>(featurePositions + (<usize>bestAt << 3), 4);
  const level = <i32>load<u8>(featureLevels + bestAt);
  for (let j = 0; j < featureCount; j++) {
    if (<i32>load<u8>(distances + j) > limit || j == bestAt) continue;
    const same: f32 = SAME_PLACE_PX * <f32>(1 << max(level, <i32>load<u8>(featureLevels + j)));
    const dx = load<f32>(featurePositions + (<usize>j << 3)) - x, dy = load<f32>(featurePositions + (<usize>j << 3), 4) - y;
    if (dx * dx + dy * dy > same * same) return;
  }

  const at = matches + <usize>(matchCount * MATCH_BYTES);
  store<f32>(at, load<f32>(target.keypoints + (<usize>keypoint << 3)));
  store<f32>(at, load<f32>(target.keypoints + (<usize>keypoint << 3), 4), 4);
  store<f32>(at, x, 8);
  store<f32>(at, y, 12);
  store<i32>(at, best, 16);
  store<i32>(at, level, 20);
  const turn64 = (<i32>load<u8>(featureOrientations + bestAt) - <i32>load<u8>(target.orientations + keypoint)) & 63;
  store<i32>(at, turn64, 28);
  store<f32>(at, load<f32>(target.viewWidths + (<usize>keypoint << 2)) * <f32>(1 << level), 32);
  const turn = turn64 >> 2;
  const size = min(SIZES - 1, max(0, <i32>load<u8>(target.sizes + keypoint) + 2 * level - 8));
  const cell = turn * SIZES + size;
  store<i32>(at, cell, 24);
  store<i32>(votes + (<usize>cell << 2), load<i32>(votes + (<usize>cell << 2)) + 1);
  matchCount++;
}

/** Keeps the matches within ±34° and ±1 octave of the turn and size that most of them show. */
function keepAgreeing(): void {
  let most = 0, bestTurn = 0, bestSize = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    for (let size = 0; size < SIZES; size++) {
      let sum = 0;
      for (let dt = -1; dt <= 1; dt++) {
        for (let ds = -1; ds <= 1; ds++) {
          const s = size + ds;
          if (s >= 0 && s < SIZES) sum += load<i32>(votes + (<usize>(((turn + dt) & (TURNS - 1)) * SIZES + s) << 2));
        }
      }
      if (sum > most) {
        most = sum;
        bestTurn = turn;
        bestSize = size;
      }
    }
  }
  let kept = 0;
  for (let i = 0; i < matchCount; i++) {
    const from = matches + <usize>(i * MATCH_BYTES);
    const cell = load<i32>(from, 24);
    const turn = (cell / SIZES - bestTurn + TURNS / 2) & (TURNS - 1);
    if (abs(turn - TURNS / 2) > 2 || abs(cell % SIZES - bestSize) > 2) continue;
    memory.copy(matches + <usize>(kept++ * MATCH_BYTES), from, MATCH_BYTES);
  }
  matchCount = kept;
}

/** Best first, by insertion: a few hundred at most, and PROSAC samples in this order. */
function sortByDistance(): void {
  const spare = matches + <usize>(MOST_MATCHES * MATCH_BYTES);
  for (let i = 1; i < matchCount; i++) {
    const from = matches + <usize>(i * MATCH_BYTES);
    const distance = load<i32>(from, 16);
    let at = from;
    while (at > matches && load<i32>(at - MATCH_BYTES, 16) > distance) at -= MATCH_BYTES;
    if (at == from) continue;
    memory.copy(spare, from, MATCH_BYTES);
    memory.copy(at + MATCH_BYTES, at, from - at);
    memory.copy(at, spare, MATCH_BYTES);
  }
}
