import { allocate } from './arena';
import { area, HOMOGRAPHY_BYTES, homographyOfFour } from './homography';
import { MATCH_BYTES, matchCount, matches } from './match';

/**
 * The homography most matches agree on. RANSAC (Fischler and Bolles, 1981) that draws from the best matches first
 * and widens the choice as it goes (Chum and Matas, "Matching with PROSAC", CVPR 2005).
 */
const TRIALS = 600;
const LEAST_MATCHES = 7;
/** How far a match may be off, in pixels of the level its corner was found in. */
const TOLERANCE_PX: f64 = 3.5;

/** The best homography, target's plane to frame pixels. */
export const consensus = allocate(HOMOGRAPHY_BYTES);
let inlierCount: i32 = 0;

const hypothesis = allocate(HOMOGRAPHY_BYTES);
const from = allocate(64);
const to = allocate(64);
let state: u32 = 1;

// @ts-ignore: decorator
@inline
function random(below: i32): i32 {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return <i32>(state % <u32>below);
}

/** Searches `matches`; the same matches always give the same answer. */
export function findConsensus(): bool {
  inlierCount = 0;
  if (matchCount < LEAST_MATCHES) return false;
  state = 0x9e3779b9;
  let trials = TRIALS;
  for (let trial = 0; trial < trials; trial++) {
    const pool = min(matchCount, 6 + (trial * matchCount) / (TRIALS / 3));
    if (!drawFour(pool) || !homographyOfFour(from, to, hypothesis)) continue;
    const count = countInliers(hypothesis);
    if (count <= inlierCount) continue;
    inlierCount = count;
    memory.copy(consensus, hypothesis, HOMOGRAPHY_BYTES);
    // With a share w of inliers, enough draws of four to miss them all once in a thousand.
    const w = <f64>count / <f64>matchCount;
    const w4 = w * w * w * w;
    trials = min(trials, <i32>(7 / w4) + 40);
  }
  return inlierCount >= LEAST_MATCHES;
}

function drawFour(pool: i32): bool {
  for (let k: usize = 0; k < 4; k++) {
    const match = matches + <usize>(random(pool) * MATCH_BYTES);
    const x = <f64>load<f32>(match), y = <f64>load<f32>(match, 4);
    for (let j: usize = 0; j < k; j++) {
      const dx = load<f64>(from + (j << 4)) - x, dy = load<f64>(from + (j << 4), 8) - y;
      if (dx * dx + dy * dy < 0.0016) return false;
    }
    store<f64>(from + (k << 4), x);
    store<f64>(from + (k << 4), y, 8);
    store<f64>(to + (k << 4), <f64>load<f32>(match, 8));
    store<f64>(to + (k << 4), <f64>load<f32>(match, 12), 8);
  }
  // A camera in front of the picture never mirrors it: every triangle keeps its sense.
  return sameSense(0, 16, 32) && sameSense(0, 16, 48) && sameSense(0, 32, 48) && sameSense(16, 32, 48);
}

function sameSense(a: usize, b: usize, c: usize): bool {
  const before = area(
    load<f64>(from + a), load<f64>(from + a, 8), load<f64>(from + b), load<f64>(from + b, 8), load<f64>(from + c), load<f64>(from + c, 8),
  );
  const after = area(
    load<f64>(to + a), load<f64>(to + a, 8), load<f64>(to + b), load<f64>(to + b, 8), load<f64>(to + c), load<f64>(to + c, 8),
  );
  return before * after > 0 && abs(before) > 0.002 && abs(after) > 40;
}

function countInliers(h: usize): i32 {
  let count = 0;
  for (let i = 0; i < matchCount; i++) if (isInlier(h, matches + <usize>(i * MATCH_BYTES))) count++;
  return count;
}

export function isInlier(h: usize, match: usize): bool {
  const x = <f64>load<f32>(match), y = <f64>load<f32>(match, 4);
  const w = 1 / (load<f64>(h, 48) * x + load<f64>(h, 56) * y + load<f64>(h, 64));
  const dx = (load<f64>(h) * x + load<f64>(h, 8) * y + load<f64>(h, 16)) * w - <f64>load<f32>(match, 8);
  const dy = (load<f64>(h, 24) * x + load<f64>(h, 32) * y + load<f64>(h, 40)) * w - <f64>load<f32>(match, 12);
  const tolerance = TOLERANCE_PX * <f64>(1 << load<i32>(match, 20));
  return dx * dx + dy * dy < tolerance * tolerance;
}
