import type { TrackerOptions } from './types.ts';

const LONG_SIDE_FOV_RADIANS = (63 * Math.PI) / 180;

/** Focal length in pixels, the same for both axes; the principal point is the frame's centre. */
export function focalLengthPx(options: TrackerOptions): number {
  const { frameWidthPx, frameHeightPx, focalPx } = options;
  return focalPx ?? Math.max(frameWidthPx, frameHeightPx) / 2 / Math.tan(LONG_SIDE_FOV_RADIANS / 2);
}

/**
 * The OpenGL projection (column-major, clip z from −1 to 1) of the camera the poses are given for: pass the frame's
 * size and the result's `focalPx`. `near` and `far` in the matrices' unit, both positive.
 */
export function projectionMatrix(options: TrackerOptions, near: number, far: number): Float32Array {
  const f = focalLengthPx(options);
  const m = new Float32Array(16);
  m[0] = (2 * f) / options.frameWidthPx;
  m[5] = (2 * f) / options.frameHeightPx;
  m[10] = (far + near) / (near - far);
  m[11] = -1;
  m[14] = (2 * far * near) / (near - far);
  return m;
}
