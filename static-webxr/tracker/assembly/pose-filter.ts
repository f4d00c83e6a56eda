import { frameX, frameY, orthonormalise, Pose } from './pose';
import { Target } from './target';

/**
 * Moves the shown pose towards the measured one: all the way when the target moves, part of the way when the
 * difference is no more than measuring noise. The one-euro idea (Casiez, Roussel and Vogel, CHI 2012), with the
 * difference of the corners in pixels as the speed.
 */
const NOISE_PX: f64 = 0.35;
const LEAST_GAIN: f64 = 0.2;

export function smoothPose(target: Target): void {
  const to = target.pose, shown = target.shown;
  const d = cornerDistancePx(to, shown, 0.5 * target.height) / NOISE_PX;
  approach(shown, to, max(LEAST_GAIN, 1 - 1 / (1 + d * d)));
}

/**
 * Moves the shown pose along with the measured one, and by `gain` of what is between them: seen against the target
 * it glides evenly.
 */
export function glidePose(target: Target, gain: f64): void {
  const to = target.pose, from = target.previous, shown = target.shown;
  if (target.hasVelocity) {
    shown.r00 += to.r00 - from.r00; shown.r10 += to.r10 - from.r10; shown.r20 += to.r20 - from.r20;
    shown.r01 += to.r01 - from.r01; shown.r11 += to.r11 - from.r11; shown.r21 += to.r21 - from.r21;
    shown.tx += to.tx - from.tx;
    shown.ty += to.ty - from.ty;
    shown.tz += to.tz - from.tz;
  }
  approach(shown, to, gain);
}

function approach(shown: Pose, to: Pose, gain: f64): void {
  shown.r00 += gain * (to.r00 - shown.r00);
  shown.r10 += gain * (to.r10 - shown.r10);
  shown.r20 += gain * (to.r20 - shown.r20);
  shown.r01 += gain * (to.r01 - shown.r01);
  shown.r11 += gain * (to.r11 - shown.r11);
  shown.r21 += gain * (to.r21 - shown.r21);
  orthonormalise(shown);
  shown.tx += gain * (to.tx - shown.tx);
  shown.ty += gain * (to.ty - shown.ty);
  shown.tz += gain * (to.tz - shown.tz);
}

/** Mean distance of the four corners in two poses, in frame pixels. */
function cornerDistancePx(a: Pose, b: Pose, half: f64): f64 {
  return 0.25 * (distance(a, b, -0.5, -half) + distance(a, b, 0.5, -half) + distance(a, b, 0.5, half) + distance(a, b, -0.5, half));
}

function distance(a: Pose, b: Pose, x: f64, y: f64): f64 {
  const dx = frameX(a, x, y) - frameX(b, x, y), dy = frameY(a, x, y) - frameY(b, x, y);
  return sqrt(dx * dx + dy * dy);
}
