import { allocate } from './arena';
import { consensus, findConsensus, isInlier } from './consensus';
import { confirmed, expected, follow } from './follow';
import { MATCH_BYTES, matchCount, matches, matchKeypoints } from './match';
import { copyPose, facesCamera, oppositeTilt, Pose, POSE_BYTES, poseOfHomography } from './pose';
import { refinePose, storeSighting } from './pose-refinement';
import { Target } from './target';

/**
 * Finds a target anywhere in the frame whose corners `findFeatures` has described: matches, a homography they agree
 * on, a pose of either tilt, and the template laid over the frame as the last word.
 */
const LEAST_CONFIRMED = 10;

const candidate = changetype<Pose>(allocate(POSE_BYTES));
const opposite = changetype<Pose>(allocate(POSE_BYTES));

/** @returns whether the target is in the frame; `pose` is where, and untouched otherwise */
export function detect(target: Target, pose: Pose): bool {
  matchKeypoints(target);
  if (!findConsensus() || !poseOfHomography(consensus, candidate)) return false;

  const count = sightInliers();
  oppositeTilt(candidate, opposite);
  const cost = settle(candidate, count);
  if (facesCamera(opposite) && settle(opposite, count) < cost) copyPose(opposite, candidate);

  follow(target, candidate);
  if (confirmed < LEAST_CONFIRMED || 2 * confirmed < expected) return false;
  copyPose(candidate, pose);
  return true;
}

function sightInliers(): i32 {
  let count = 0;
  for (let i = 0; i < matchCount; i++) {
    const match = matches + <usize>(i * MATCH_BYTES);
    if (!isInlier(consensus, match)) continue;
    // A corner found in a halved frame is placed half as sharply.
    const sharpness: f32 = 1 / <f32>(1 << (2 * load<i32>(match, 20)));
    storeSighting(count++, load<f32>(match), load<f32>(match, 4), load<f32>(match, 8), load<f32>(match, 12), sharpness, 0, sharpness);
  }
  return count;
}

function settle(pose: Pose, count: i32): f64 {
  refinePose(pose, count, 10, 10);
  return refinePose(pose, count, 4, 10);
}
