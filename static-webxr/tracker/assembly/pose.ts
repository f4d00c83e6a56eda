/**
 * A pose takes the target's plane to the camera: both x right, y down, z away from the viewer; the unit is the
 * target's width, the origin its centre.
 */
@unmanaged
export class Pose {
  r00: f64; r01: f64; r02: f64;
  r10: f64; r11: f64; r12: f64;
  r20: f64; r21: f64; r22: f64;
  tx: f64; ty: f64; tz: f64;
}

export const POSE_BYTES: usize = 96;

/** Focal length and principal point in frame pixels. */
export let focalPx: f64 = 1;
export let centreX: f64 = 0;
export let centreY: f64 = 0;

export function setFocal(px: f64): void {
  focalPx = px;
}

export function setCentre(widthPx: i32, heightPx: i32): void {
  centreX = 0.5 * <f64>widthPx;
  centreY = 0.5 * <f64>heightPx;
}

export function copyPose(from: Pose, to: Pose): void {
  memory.copy(changetype<usize>(to), changetype<usize>(from), POSE_BYTES);
}

/** Distance of the target's point (x, y) along the camera's axis. */
// @ts-ignore: decorator
@inline
export function depthOf(p: Pose, x: f64, y: f64): f64 {
  return p.r20 * x + p.r21 * y + p.tz;
}

/** Where the target's point (x, y) appears in the frame. */
// @ts-ignore: decorator
@inline
export function frameX(p: Pose, x: f64, y: f64): f64 {
  return centreX + focalPx * (p.r00 * x + p.r01 * y + p.tx) / depthOf(p, x, y);
}

// @ts-ignore: decorator
@inline
export function frameY(p: Pose, x: f64, y: f64): f64 {
  return centreY + focalPx * (p.r10 * x + p.r11 * y + p.ty) / depthOf(p, x, y);
}

/** Makes the rotation one again: the first two columns stay as near as can be to where they were. */
export function orthonormalise(p: Pose): void {
  const n1 = 1 / sqrt(p.r00 * p.r00 + p.r10 * p.r10 + p.r20 * p.r20);
  const n2 = 1 / sqrt(p.r01 * p.r01 + p.r11 * p.r11 + p.r21 * p.r21);
  const ax = p.r00 * n1, ay = p.r10 * n1, az = p.r20 * n1;
  const bx = p.r01 * n2, by = p.r11 * n2, bz = p.r21 * n2;
  // Their sum and difference are perpendicular whatever the angle between them.
  let sx = ax + bx, sy = ay + by, sz = az + bz;
  let dx = ax - bx, dy = ay - by, dz = az - bz;
  const s = Math.SQRT1_2 / sqrt(sx * sx + sy * sy + sz * sz);
  const d = Math.SQRT1_2 / sqrt(dx * dx + dy * dy + dz * dz);
  sx *= s; sy *= s; sz *= s;
  dx *= d; dy *= d; dz *= d;
  p.r00 = sx + dx; p.r10 = sy + dy; p.r20 = sz + dz;
  p.r01 = sx - dx; p.r11 = sy - dy; p.r21 = sz - dz;
  p.r02 = p.r10 * p.r21 - p.r20 * p.r11;
  p.r12 = p.r20 * p.r01 - p.r00 * p.r21;
  p.r22 = p.r00 * p.r11 - p.r10 * p.r01;
}

/**
 * Pose from a homography that takes the target's plane to frame pixels (Zhang, "A flexible new technique for camera
 * calibration", 2000).
 * @returns false when the target would be behind the camera, edge-on, or seen from behind
 */
export function poseOfHomography(h: usize, p: Pose): bool {
  const k = 1 / focalPx;
  const h20 = load<f64>(h, 48), h21 = load<f64>(h, 56), h22 = load<f64>(h, 64);
  const ax = (load<f64>(h) - centreX * h20) * k, ay = (load<f64>(h, 24) - centreY * h20) * k;
  const bx = (load<f64>(h, 8) - centreX * h21) * k, by = (load<f64>(h, 32) - centreY * h21) * k;
  const cx = (load<f64>(h, 16) - centreX * h22) * k, cy = (load<f64>(h, 40) - centreY * h22) * k;
  const lengths = sqrt(ax * ax + ay * ay + h20 * h20) + sqrt(bx * bx + by * by + h21 * h21);
  if (!(lengths > 0)) return false;
  const scale = (h22 < 0 ? -2 : 2) / lengths;
  p.r00 = ax * scale; p.r10 = ay * scale; p.r20 = h20 * scale;
  p.r01 = bx * scale; p.r11 = by * scale; p.r21 = h21 * scale;
  p.tx = cx * scale; p.ty = cy * scale; p.tz = h22 * scale;
  orthonormalise(p);
  return p.tz > 0.05 && facesCamera(p);
}

/** Whether the target's printed side is turned to the camera. */
export function facesCamera(p: Pose): bool {
  return p.r02 * p.tx + p.r12 * p.ty + p.r22 * p.tz > 0;
}

/**
 * The other tilt that looks nearly the same: seen from afar, a plane tilted towards the viewer and one tilted away
 * project alike (Schweighofer and Pinz, "Robust pose estimation from a planar target", 2006). Mirrors the plane in
 * depth, along the line of sight.
 */
export function oppositeTilt(p: Pose, other: Pose): void {
  copyPose(p, other);
  const t = 1 / sqrt(p.tx * p.tx + p.ty * p.ty + p.tz * p.tz);
  const vx = p.tx * t, vy = p.ty * t, vz = p.tz * t;
  const a = -2 * (p.r00 * vx + p.r10 * vy + p.r20 * vz);
  const b = -2 * (p.r01 * vx + p.r11 * vy + p.r21 * vz);
  other.r00 += a * vx; other.r10 += a * vy; other.r20 += a * vz;
  other.r01 += b * vx; other.r11 += b * vy; other.r21 += b * vz;
  orthonormalise(other);
}
