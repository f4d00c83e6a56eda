import { MATCH_BYTES, matchCount, matches } from './match';
import { centreX, centreY, focalPx, frameX, frameY, depthOf, Pose } from './pose';
import { cosine, sine } from './orientation';
import { refinePose, storeSighting } from './pose-refinement';

/**
 * A pose from few matches. Every match alone says where the target is, how large and how turned, if it isn't tilted
 * much: the one that most others go along with, roughly, starts a robust refinement over all of them. Four matches
 * that are right, as a homography needs, may be more than a small target has. (Hough-like clustering of single
 * matches as in Lowe, "Distinctive image features", IJCV 2004, section 7.3.)
 */
const NEAR_PX: f32 = 6;
/** A tilt and a coarse orientation move what is further away further. */
const SLACK: f32 = 0.22;
const TOLERANCE_PX: f64 = 4;

/** @returns how many matches agree with the pose in the end; 0 when none does */
export function poseOfSimilarity(pose: Pose): i32 {
  let most = 0, best: usize = 0;
  for (let i = 0; i < matchCount; i++) {
    const seed = matches + <usize>(i * MATCH_BYTES);
    const count = countFollowers(seed);
    if (count > most) {
      most = count;
      best = seed;
    }
  }
  if (most < 4) return 0;

  startPose(best, pose);
  refinePose(pose, sightFollowers(best), 16, 8);
  let count = 0;
  for (let round = 0; round < 3; round++) {
    count = sightAgreeing(pose, round == 0 ? 3 : 1);
    if (count < 4) return 0;
    refinePose(pose, count, 5, 8);
  }
  return sightAgreeing(pose, 1);
}

/** The target's unit vector to the right, in frame pixels: x. The vector down is (−y, x). */
// @ts-ignore: decorator
@inline
function rightX(match: usize): f32 {
  return load<f32>(match, 32) * <f32>cosine(load<i32>(match, 28)) * (1 / <f32>16384);
}

// @ts-ignore: decorator
@inline
function rightY(match: usize): f32 {
  return load<f32>(match, 32) * <f32>sine(load<i32>(match, 28)) * (1 / <f32>16384);
}

function countFollowers(seed: usize): i32 {
  const rx = rightX(seed), ry = rightY(seed);
  let count = 0;
  for (let j = 0; j < matchCount; j++) if (follows(seed, rx, ry, matches + <usize>(j * MATCH_BYTES))) count++;
  return count;
}

function follows(seed: usize, rx: f32, ry: f32, match: usize): bool {
  const dx = load<f32>(match) - load<f32>(seed), dy = load<f32>(match, 4) - load<f32>(seed, 4);
  const px = rx * dx - ry * dy, py = ry * dx + rx * dy;
  const ex = load<f32>(seed, 8) + px - load<f32>(match, 8), ey = load<f32>(seed, 12) + py - load<f32>(match, 12);
  const tolerance = NEAR_PX * <f32>(1 << load<i32>(match, 20)) + SLACK * sqrt(px * px + py * py);
  return ex * ex + ey * ey < tolerance * tolerance;
}

/** Untilted, as the match says. */
function startPose(seed: usize, p: Pose): void {
  const cos = <f64>cosine(load<i32>(seed, 28)) / 16384, sin = <f64>sine(load<i32>(seed, 28)) / 16384;
  p.r00 = cos; p.r01 = -sin; p.r02 = 0;
  p.r10 = sin; p.r11 = cos; p.r12 = 0;
  p.r20 = 0; p.r21 = 0; p.r22 = 1;
  p.tz = focalPx / <f64>load<f32>(seed, 32);
  const x = <f64>load<f32>(seed), y = <f64>load<f32>(seed, 4);
  p.tx = ((<f64>load<f32>(seed, 8) - centreX) / focalPx) * p.tz - (cos * x - sin * y);
  p.ty = ((<f64>load<f32>(seed, 12) - centreY) / focalPx) * p.tz - (sin * x + cos * y);
}

function sightFollowers(seed: usize): i32 {
  const rx = rightX(seed), ry = rightY(seed);
  let count = 0;
  for (let j = 0; j < matchCount; j++) {
    const match = matches + <usize>(j * MATCH_BYTES);
    if (follows(seed, rx, ry, match)) sight(match, count++);
  }
  return count;
}

function sightAgreeing(p: Pose, slack: f64): i32 {
  let count = 0;
  for (let j = 0; j < matchCount; j++) {
    const match = matches + <usize>(j * MATCH_BYTES);
    const x = <f64>load<f32>(match), y = <f64>load<f32>(match, 4);
    if (depthOf(p, x, y) < 0.05) continue;
    const ex = frameX(p, x, y) - <f64>load<f32>(match, 8), ey = frameY(p, x, y) - <f64>load<f32>(match, 12);
    const tolerance = slack * TOLERANCE_PX * <f64>(1 << load<i32>(match, 20));
    if (ex * ex + ey * ey < tolerance * tolerance) sight(match, count++);
  }
  return count;
}

/** A corner found in a halved frame is placed half as sharply. */
export function sight(match: usize, index: i32): void {
  const sharpness: f32 = 1 / <f32>(1 << (2 * load<i32>(match, 20)));
  storeSighting(index, load<f32>(match), load<f32>(match, 4), load<f32>(match, 8), load<f32>(match, 12), sharpness, 0, sharpness);
}
