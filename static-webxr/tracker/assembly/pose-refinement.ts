import { allocate } from './arena';
import { centreX, centreY, copyPose, focalPx, orthonormalise, Pose, POSE_BYTES } from './pose';

/**
 * Where points of the target were seen: the input of `refinePose`. One entry is seven f32: x, y on the target;
 * x, y in the frame; the information matrix xx, xy, yy (how sharply the image fixes the position in each direction,
 * in any one unit).
 */
export const SIGHTING_BYTES = 32;
const MOST_SIGHTINGS = 512;
export const sightings = allocate(MOST_SIGHTINGS * SIGHTING_BYTES);

const normal = allocate(36 * 8);
const gradient = allocate(6 * 8);
const row = allocate(12 * 8);
const trial = changetype<Pose>(allocate(POSE_BYTES));

export function storeSighting(i: i32, x: f32, y: f32, frameX: f32, frameY: f32, xx: f32, xy: f32, yy: f32): void {
  const at = sightings + <usize>i * SIGHTING_BYTES;
  store<f32>(at, x);
  store<f32>(at, y, 4);
  store<f32>(at, frameX, 8);
  store<f32>(at, frameY, 12);
  store<f32>(at, xx, 16);
  store<f32>(at, xy, 20);
  store<f32>(at, yy, 24);
}

/**
 * Moves the pose to where the sightings agree best: Levenberg-Marquardt on the reprojection error with
 * Geman-McClure weights, so that sightings off by more than about `scalePx` lose their say.
 * @returns the final cost: mean of e² / (1 + e²) with e = error / scalePx, weighted by information; 0 when all agree
 */
export function refinePose(pose: Pose, count: i32, scalePx: f64, iterations: i32): f64 {
  const soft = 1 / (scalePx * scalePx);
  let damping: f64 = 1e-3;
  let cost = accumulate(pose, count, soft, true);
  for (let i = 0; i < iterations; i++) {
    copyPose(pose, trial);
    if (!step(trial, damping)) break;
    const next = accumulate(trial, count, soft, false);
    if (next < cost) {
      copyPose(trial, pose);
      const gain = cost - next;
      damping = max(damping * 0.2, 1e-7);
      cost = accumulate(pose, count, soft, true);
      if (gain < 1e-6 * cost + 1e-12) break;
    } else {
      damping *= 10;
      if (damping > 1e4) break;
    }
  }
  return cost;
}

/** Cost at the pose; with `derive` the normal equations too. */
function accumulate(p: Pose, count: i32, soft: f64, derive: bool): f64 {
  if (derive) {
    memory.fill(normal, 0, 36 * 8);
    memory.fill(gradient, 0, 6 * 8);
  }
  let cost: f64 = 0, importances: f64 = 1e-12;
  for (let i = 0; i < count; i++) {
    const at = sightings + <usize>i * SIGHTING_BYTES;
    const x = <f64>load<f32>(at), y = <f64>load<f32>(at, 4);
    const a = p.r00 * x + p.r01 * y, b = p.r10 * x + p.r11 * y, c = p.r20 * x + p.r21 * y;
    const z = c + p.tz;
    if (z < 0.01) return Infinity;
    const k = focalPx / z;
    const px = (a + p.tx) * k, py = (b + p.ty) * k;
    const ex = centreX + px - <f64>load<f32>(at, 8), ey = centreY + py - <f64>load<f32>(at, 12);
    const xx = <f64>load<f32>(at, 16), xy = <f64>load<f32>(at, 20), yy = <f64>load<f32>(at, 24);
    // The error counted along the directions that the image fixes.
    const squared = 2 * (xx * ex * ex + 2 * xy * ex * ey + yy * ey * ey) / (xx + yy);
    const importance = xx + yy;
    const s = squared * soft;
    cost += importance * s / (1 + s);
    importances += importance;
    if (!derive) continue;

    const weight = 1 / ((1 + s) * (1 + s));
    // Derivatives by a small turn about the camera's axes (of the target about its centre), then by translation.
    const u = px / z, v = py / z;
    store<f64>(row, -u * b);
    store<f64>(row, k * c + u * a, 8);
    store<f64>(row, -k * b, 16);
    store<f64>(row, k, 24);
    store<f64>(row, 0, 32);
    store<f64>(row, -u, 40);
    store<f64>(row, -k * c - v * b, 48);
    store<f64>(row, v * a, 56);
    store<f64>(row, k * a, 64);
    store<f64>(row, 0, 72);
    store<f64>(row, k, 80);
    store<f64>(row, -v, 88);
    for (let m: usize = 0; m < 6; m++) {
      const jx = load<f64>(row + (m << 3)), jy = load<f64>(row + (m << 3), 48);
      const wx = weight * (xx * jx + xy * jy), wy = weight * (xy * jx + yy * jy);
      const g = gradient + (m << 3);
      store<f64>(g, load<f64>(g) + wx * ex + wy * ey);
      for (let n: usize = 0; n <= m; n++) {
        const h = normal + ((m * 6 + n) << 3);
        store<f64>(h, load<f64>(h) + wx * load<f64>(row + (n << 3)) + wy * load<f64>(row + (n << 3), 48));
      }
    }
  }
  return cost / importances;
}

const factor = allocate(36 * 8);
const change = allocate(6 * 8);

/** One damped step: Cholesky on the lower half of the normal equations. */
function step(p: Pose, damping: f64): bool {
  for (let m: usize = 0; m < 6; m++) {
    for (let n: usize = 0; n <= m; n++) {
      let sum = load<f64>(normal + ((m * 6 + n) << 3));
      if (m == n) sum += damping * sum + 1e-12;
      for (let k: usize = 0; k < n; k++) {
        sum -= load<f64>(factor + ((m * 6 + k) << 3)) * load<f64>(factor + ((n * 6 + k) << 3));
      }
      if (m == n) {
        if (!(sum > 0)) return false;
        store<f64>(factor + ((m * 6 + m) << 3), sqrt(sum));
      } else {
        store<f64>(factor + ((m * 6 + n) << 3), sum / load<f64>(factor + ((n * 6 + n) << 3)));
      }
    }
  }
  for (let m: usize = 0; m < 6; m++) {
    let sum = -load<f64>(gradient + (m << 3));
    for (let k: usize = 0; k < m; k++) sum -= load<f64>(factor + ((m * 6 + k) << 3)) * load<f64>(change + (k << 3));
    store<f64>(change + (m << 3), sum / load<f64>(factor + ((m * 6 + m) << 3)));
  }
  for (let i: usize = 0; i < 6; i++) {
    const m: usize = 5 - i;
    let sum = load<f64>(change + (m << 3));
    for (let k = m + 1; k < 6; k++) sum -= load<f64>(factor + ((k * 6 + m) << 3)) * load<f64>(change + (k << 3));
    store<f64>(change + (m << 3), sum / load<f64>(factor + ((m * 6 + m) << 3)));
  }

  const wx = load<f64>(change), wy = load<f64>(change, 8), wz = load<f64>(change, 16);
  const a0 = p.r00, a1 = p.r10, a2 = p.r20, b0 = p.r01, b1 = p.r11, b2 = p.r21;
  p.r00 += wy * a2 - wz * a1;
  p.r10 += wz * a0 - wx * a2;
  p.r20 += wx * a1 - wy * a0;
  p.r01 += wy * b2 - wz * b1;
  p.r11 += wz * b0 - wx * b2;
  p.r21 += wx * b1 - wy * b0;
  orthonormalise(p);
  p.tx += load<f64>(change, 24);
  p.ty += load<f64>(change, 32);
  p.tz += load<f64>(change, 40);
  return p.tz > 0.01;
}
