import { allocate } from './arena';
import { consensus, findConsensus, isInlier } from './consensus';
import { certain, confirmed, expected, follow } from './follow';
import { MATCH_BYTES, matchCount, matches, matchKeypoints } from './match';
import { copyPose, facesCamera, oppositeTilt, Pose, POSE_BYTES, poseOfHomography } from './pose';
import { refinePose } from './pose-refinement';
import { poseOfSimilarity, sight } from './similarity';
import { Target } from './target';

/**
 * Finds a target anywhere in the frame whose corners `findFeatures` has described: matches, a pose they agree on
 * (first from single matches, which few suffice for; then from four at a time, which any tilt is fine for), and the
 * template laid over the frame as the last word.
 */
const LEAST_CONFIRMED = 12;
const LEAST_CERTAIN = 14;
const LEAST_MATCHES = 5;
/** Of the patches in view. */
const MOST_SHARE: f32 = 0.6;
/** Half a picture may be hidden, and some of the rest in shadow. */
const HIDDEN_SHARE: f32 = 0.38;
/** Cosine of the steepest view in which a target is found: 73°. */
const LEAST_FACING = 0.29;
/** Of the distance of the target's centre. */
const NEAREST_CORNER = 0.2;

const candidate = changetype<Pose>(allocate(POSE_BYTES));
const opposite = changetype<Pose>(allocate(POSE_BYTES));

/** @returns whether the target is in the frame; `pose` is where, and untouched otherwise */
export function detect(target: Target, pose: Pose): bool {
  matchKeypoints(target);
  if (matchCount < LEAST_MATCHES) return false;
  if (!fromSimilarity(target) && !fromHomography(target)) return false;
  copyPose(candidate, pose);
  return true;
}

/** As `detect`, for a target that should be near `pose`. */
export function isAt(target: Target, pose: Pose): bool {
  copyPose(pose, candidate);
  if (!isThere(target) || !facesCamera(candidate)) return false;
  copyPose(candidate, pose);
  return true;
}

function fromSimilarity(target: Target): bool {
  const count = poseOfSimilarity(candidate);
  if (count < LEAST_MATCHES) return false;
  return chooseTilt(count) && isThere(target);
}

function fromHomography(target: Target): bool {
  if (!findConsensus() || !poseOfHomography(consensus, candidate)) return false;
  let count = 0;
  for (let i = 0; i < matchCount; i++) {
    const match = matches + <usize>(i * MATCH_BYTES);
    if (isInlier(consensus, match)) sight(match, count++);
  }
  return chooseTilt(count) && isThere(target);
}

function chooseTilt(count: i32): bool {
  oppositeTilt(candidate, opposite);
  const cost = settle(candidate, count);
  if (facesCamera(opposite) && settle(opposite, count) < cost) copyPose(opposite, candidate);
  return facesCamera(candidate);
}

function isThere(target: Target): bool {
  follow(target, candidate);
  // Either nearly everything fits, as far as noise lets it; or what can be seen of a hidden picture fits beyond doubt.
  const mostFit = confirmed >= LEAST_CONFIRMED && <f32>confirmed >= MOST_SHARE * <f32>expected;
  const restIsCertain = certain >= LEAST_CERTAIN && <f32>confirmed >= HIDDEN_SHARE * <f32>expected;
  return (mostFit || restIsCertain) && isPlausible(target, candidate);
}

/** Nearly edge-on, a target shrinks to a line that fits much of what isn't it; and no picture's corner touches the lens. */
function isPlausible(target: Target, p: Pose): bool {
  const distance = sqrt(p.tx * p.tx + p.ty * p.ty + p.tz * p.tz);
  const facing = (p.r02 * p.tx + p.r12 * p.ty + p.r22 * p.tz) / distance;
  const reach = 0.5 * abs(p.r20) + 0.5 * target.height * abs(p.r21);
  return facing > LEAST_FACING && p.tz - reach > NEAREST_CORNER * p.tz;
}

function settle(pose: Pose, count: i32): f64 {
  refinePose(pose, count, 10, 10);
  return refinePose(pose, count, 4, 10);
}
