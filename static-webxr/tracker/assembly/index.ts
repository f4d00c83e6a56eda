import { allocate } from './arena';
import { carry, takeTurn, turned } from './camera-turn';
import { findFeatures, prepareFeatures } from './corner-features';
import { detect, isAt } from './detect';
import { believeFocal, learnFocal, offerKeyframe } from './focal-estimate';
import { confirmed, expected, follow, sighted } from './follow';
import { measureNoise } from './frame-noise';
import { buildPyramid, frameAddress, heightOf, preparePyramid, widthOf } from './frame-pyramid';
import { prepareIndex, rankedCount, rankedTarget, rankTargets } from './keypoint-index';
import { copyPose, depthOf, facesCamera, focalPx, frameX, frameY, orthonormalise, Pose, POSE_BYTES, setCentre } from './pose';
import { glidePose, smoothPose } from './pose-filter';
import { addTargetFile, BRIDGED, HELD, SEARCHING, Target, targetAt, targetCount, TRACKING } from './target';

export { turnCamera } from './camera-turn';

/** How long a lost target's last pose is kept: while it should be in view, and in all. */
const HOLD_MS: f64 = 500;
const BRIDGE_MS: f64 = 3000;
/** More than half of a picture is found when it is there. */
const SHARE_IN_VIEW = 0.6;
/** A target that comes back is shown to glide there. */
const GLIDE_MS: f64 = 200;
const LEAST_CONFIRMED = 8;
const LARGEST_MARKER_BYTES = 1 << 20;

/**
 * Targets out of view that are looked for in one frame: when none is in view, and when one is. Of more than these,
 * the likeliest, and some of the others in turn.
 */
const SEARCHES = 16;
const SEARCHES_WHILE_TRACKING = 3;
const LIKELY_SEARCHES = 4;
const LIKELY_SEARCHES_WHILE_TRACKING = 2;
const OTHER_SEARCHES = 4;

let markerFile: usize = 0;
let featuresFound = false;
let nextSearch = 0;
let frameMs: f64 = 0;
let lastFrameMs: f64 = 0;
const predicted = changetype<Pose>(allocate(POSE_BYTES));

/** Before anything else, and again for frames of another size. Sides are multiples of 16 from 160 to 1920. */
export function setFrame(widthPx: i32, heightPx: i32, focal: f64, known: bool): void {
  setCentre(widthPx, heightPx);
  believeFocal(focal, known);
  preparePyramid(widthPx, heightPx);
  prepareFeatures();
  // Where a target was in the old frame says little of where it is in the new one.
  for (let i = 0; i < targetCount; i++) targetAt(i).state = SEARCHING;
}

export function focalLengthPx(): f64 {
  return focalPx;
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
  const index = addTargetFile(markerFile, bytes);
  if (index >= SEARCHES_WHILE_TRACKING) prepareIndex();
  return index;
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
 * Follows the targets in view and looks for the others: those just lost in every frame, of those not seen for longer
 * a few a frame, so that many targets don't make frames late.
 */
export function track(timestampMs: f64): void {
  lastFrameMs = frameMs;
  frameMs = timestampMs;
  buildPyramid();
  measureNoise();
  takeTurn();
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
      target.missedMs = timestampMs;
    }
  }
  for (let i = 0; i < targetCount; i++) {
    const target = targetAt(i);
    if (target.state == HELD || target.state == BRIDGED) awaitReturn(target);
  }
  search(inView > 0);
  const stretch = learnFocal();
  for (let i = 0; i < targetCount; i++) {
    const target = targetAt(i);
    if (stretch != 1) moveBack(target, stretch);
    writeResult(target);
  }
}

/** With a longer focal length the same picture is further away. */
function moveBack(target: Target, stretch: f64): void {
  target.pose.tz *= stretch;
  target.previous.tz *= stretch;
  target.shown.tz *= stretch;
}

function search(tracking: bool): void {
  let missing = 0;
  for (let i = 0; i < targetCount; i++) if (targetAt(i).state == SEARCHING) missing++;
  let inTurn = tracking ? SEARCHES_WHILE_TRACKING : SEARCHES;
  if (missing > inTurn) {
    const likely = tracking ? LIKELY_SEARCHES_WHILE_TRACKING : LIKELY_SEARCHES;
    inTurn = tracking ? 1 : OTHER_SEARCHES;
    prepareSearch();
    rankTargets();
    for (let i = 0; i < min(likely, rankedCount); i++) {
      const target = rankedTarget(i);
      if (target.state == SEARCHING) find(target);
    }
  }
  for (let looked = 0; looked < targetCount && inTurn > 0; looked++) {
    nextSearch = nextSearch + 1 < targetCount ? nextSearch + 1 : 0;
    const target = targetAt(nextSearch);
    if (target.state != SEARCHING) continue;
    inTurn--;
    find(target);
  }
}

/** A lost target stays where it was shown, or goes where the camera's turn takes it, until it is found or given up. */
function awaitReturn(target: Target): void {
  if (turned) {
    carry(target.pose);
    carry(target.shown);
    target.state = BRIDGED;
    const inView = shareInView(target, target.pose) >= SHARE_IN_VIEW;
    if (inView && isAt(target, target.pose)) {
      welcome(target);
      return;
    }
    if (!inView) target.missedMs = frameMs;
  } else {
    target.state = HELD;
  }
  if (find(target)) return;
  if (frameMs - target.missedMs > HOLD_MS || frameMs - target.lostMs > BRIDGE_MS) target.state = SEARCHING;
}

/** Share of the target that the pose puts into the frame. */
function shareInView(target: Target, p: Pose): f64 {
  const width = <f64>widthOf(0), height = <f64>heightOf(0);
  let inside = 0;
  for (let i = 0; i < 25; i++) {
    const x = 0.2 * <f64>(i % 5 - 2), y = 0.2 * <f64>(i / 5 - 2) * target.height;
    if (depthOf(p, x, y) < 0.05) continue;
    const fx = frameX(p, x, y), fy = frameY(p, x, y);
    if (fx > 0 && fy > 0 && fx < width && fy < height) inside++;
  }
  return <f64>inside / 25;
}

function prepareSearch(): void {
  if (featuresFound) return;
  findFeatures();
  featuresFound = true;
}

function find(target: Target): bool {
  prepareSearch();
  if (!detect(target, target.pose)) return false;
  welcome(target);
  return true;
}

/** `target.pose` has just been found, without a frame before it to go on from. */
function welcome(target: Target): void {
  target.hasVelocity = false;
  // A target found again where it was shown goes on smoothly; one bridged for a while glides there; any other jumps.
  // Lost and found within one frame, it goes on with what it was at.
  if (target.state == BRIDGED && target.lostMs < frameMs) target.returnedMs = frameMs;
  else if (target.state == SEARCHING || target.lostMs < frameMs) target.returnedMs = -Infinity;
  if (target.state == SEARCHING) copyPose(target.pose, target.shown);
  target.state = TRACKING;
  show(target);
}

function followTarget(target: Target): bool {
  predict(target);
  follow(target, predicted);
  if (confirmed < LEAST_CONFIRMED || 3 * confirmed < expected || !facesCamera(predicted)) return false;
  copyPose(target.pose, target.previous);
  copyPose(predicted, target.pose);
  target.hasVelocity = true;
  offerKeyframe(target.pose, sighted);
  show(target);
  return true;
}

function show(target: Target): void {
  const left = target.returnedMs + GLIDE_MS - lastFrameMs;
  if (frameMs - target.returnedMs < GLIDE_MS && left > 0) glidePose(target, max(0, min(1, (frameMs - lastFrameMs) / left)));
  else smoothPose(target);
}

/** Where the target should be now: moving as between the last two frames, or as the camera turned if it is just found. */
function predict(target: Target): void {
  const p = target.pose, q = target.previous;
  copyPose(p, predicted);
  if (!target.hasVelocity) {
    if (turned) carry(predicted);
    return;
  }
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
