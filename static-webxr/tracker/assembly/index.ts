import { allocate } from './arena';
import { findFeatures, prepareFeatures } from './corner-features';
import { detect } from './detect';
import { confirmed, expected, follow } from './follow';
import { buildPyramid, frameAddress, preparePyramid } from './frame-pyramid';
import { copyPose, facesCamera, frameX, frameY, orthonormalise, Pose, POSE_BYTES, setCamera } from './pose';
import { smoothPose } from './pose-filter';
import { addTargetFile, HELD, SEARCHING, Target, targetAt, targetCount, TRACKING } from './target';

/** How long a lost target's last pose is kept. */
const HOLD_MS: f64 = 500;
const LEAST_CONFIRMED = 8;
const LARGEST_MARKER_BYTES = 1 << 20;

/** Targets out of view that are looked for in one frame: when none is in view, and when one is. */
const SEARCHES = 16;
const SEARCHES_WHILE_TRACKING = 3;

let markerFile: usize = 0;
let featuresFound = false;
let nextSearch = 0;
const predicted = changetype<Pose>(allocate(POSE_BYTES));

/** Once, before anything else. Sides are multiples of 16 from 160 to 1920. */
export function initialize(widthPx: i32, heightPx: i32, focalPx: f64): void {
  setCamera(focalPx, widthPx, heightPx);
  preparePyramid(widthPx, heightPx);
  prepareFeatures();
}

/** Address of the frame's RGBA. */
export function frameBuffer(): usize {
  return frameAddress();
}

/** Address for a marker file of up to 1 MiB, or 0 when it is larger. */
export function markerBuffer(bytes: i32): usize {
  if (bytes > LARGEST_MARKER_BYTES) return 0;
  if (markerFile == 0) markerFile = allocate(LARGEST_MARKER_BYTES);
  return markerFile;
}

/** @returns the target's index, or −1 when the file in the marker buffer can't be used */
export function addTarget(bytes: i32): i32 {
  return addTargetFile(markerFile, bytes);
}

export function targetWidthPx(target: i32): i32 {
  return targetAt(target).widthPx;
}

export function targetHeightPx(target: i32): i32 {
  return targetAt(target).heightPx;
}

/** Address of u32 state, 16 × f32 matrix, 8 × f32 corners. */
export function targetResult(target: i32): usize {
  return targetAt(target).result;
}

/**
 * Follows the targets in view and looks for the others: those just lost in every frame, those not seen for longer in
 * turn, a few a frame, so that many targets don't make frames late.
 */
export function track(timestampMs: f64): void {
  buildPyramid();
  featuresFound = false;
  let inView = 0;
  for (let i = 0; i < targetCount; i++) {
    const target = targetAt(i);
    if (target.state != TRACKING) continue;
    if (followTarget(target)) {
      inView++;
    } else {
      target.state = HELD;
      target.lostMs = timestampMs;
    }
  }
  for (let i = 0; i < targetCount; i++) {
    const target = targetAt(i);
    if (target.state != HELD) continue;
    if (!find(target) && timestampMs - target.lostMs > HOLD_MS) target.state = SEARCHING;
  }
  let searches = inView > 0 ? SEARCHES_WHILE_TRACKING : SEARCHES;
  for (let looked = 0; looked < targetCount && searches > 0; looked++) {
    nextSearch = nextSearch + 1 < targetCount ? nextSearch + 1 : 0;
    const target = targetAt(nextSearch);
    if (target.state != SEARCHING) continue;
    searches--;
    find(target);
  }
  for (let i = 0; i < targetCount; i++) writeResult(targetAt(i));
}

function find(target: Target): bool {
  if (!featuresFound) {
    findFeatures();
    featuresFound = true;
  }
  if (!detect(target, target.pose)) return false;
  target.hasVelocity = false;
  // A target found again where it was shown goes on smoothly; elsewhere it jumps.
  if (target.state == SEARCHING) copyPose(target.pose, target.shown);
  target.state = TRACKING;
  smoothPose(target);
  return true;
}

function followTarget(target: Target): bool {
  predict(target);
  follow(target, predicted);
  if (confirmed < LEAST_CONFIRMED || 3 * confirmed < expected || !facesCamera(predicted)) return false;
  copyPose(target.pose, target.previous);
  copyPose(predicted, target.pose);
  target.hasVelocity = true;
  smoothPose(target);
  return true;
}

/** Where the target should be now, moving as between the last two frames. */
function predict(target: Target): void {
  const p = target.pose, q = target.previous;
  copyPose(p, predicted);
  if (!target.hasVelocity) return;
  // Columns move on by what they moved; made a rotation again, that is the same turn to first order.
  predicted.r00 += p.r00 - q.r00; predicted.r10 += p.r10 - q.r10; predicted.r20 += p.r20 - q.r20;
  predicted.r01 += p.r01 - q.r01; predicted.r11 += p.r11 - q.r11; predicted.r21 += p.r21 - q.r21;
  orthonormalise(predicted);
  predicted.tx += p.tx - q.tx;
  predicted.ty += p.ty - q.ty;
  predicted.tz = max(0.05, predicted.tz + p.tz - q.tz);
}

/** The shown pose with OpenGL's axes: y and z turned round on both sides. */
function writeResult(target: Target): void {
  const to = target.result, p = target.shown;
  store<u32>(to, target.state);
  const m = to + 4;
  store<f32>(m, <f32>p.r00);
  store<f32>(m, <f32>-p.r10, 4);
  store<f32>(m, <f32>-p.r20, 8);
  store<f32>(m, 0, 12);
  store<f32>(m, <f32>-p.r01, 16);
  store<f32>(m, <f32>p.r11, 20);
  store<f32>(m, <f32>p.r21, 24);
  store<f32>(m, 0, 28);
  store<f32>(m, <f32>-p.r02, 32);
  store<f32>(m, <f32>p.r12, 36);
  store<f32>(m, <f32>p.r22, 40);
  store<f32>(m, 0, 44);
  store<f32>(m, <f32>p.tx, 48);
  store<f32>(m, <f32>-p.ty, 52);
  store<f32>(m, <f32>-p.tz, 56);
  store<f32>(m, 1, 60);
  const corners = m + 64;
  const h = 0.5 * target.height;
  storeCorner(corners, p, -0.5, -h);
  storeCorner(corners + 8, p, 0.5, -h);
  storeCorner(corners + 16, p, 0.5, h);
  storeCorner(corners + 24, p, -0.5, h);
}

function storeCorner(to: usize, p: Pose, x: f64, y: f64): void {
  store<f32>(to, <f32>frameX(p, x, y));
  store<f32>(to, <f32>frameY(p, x, y), 4);
}
