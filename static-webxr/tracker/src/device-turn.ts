import type { DeviceTurn } from './types.ts';

/**
 * The rotation from the camera's axes (OpenGL's: x right, y up, the camera looks along −z) to the earth's (x east, y
 * north, z up), row-major into `out`: Rz(α) · Rx(β) · Ry(γ) as the W3C has it, then back by the screen's angle.
 */
export function cameraRotation({ alphaDeg, betaDeg, gammaDeg, screenAngleDeg }: DeviceTurn, out: Float64Array): void {
  const degree = Math.PI / 180;
  const ca = Math.cos(alphaDeg * degree), sa = Math.sin(alphaDeg * degree);
  const cb = Math.cos(betaDeg * degree), sb = Math.sin(betaDeg * degree);
  const cg = Math.cos(gammaDeg * degree), sg = Math.sin(gammaDeg * degree);
  const cs = Math.cos(screenAngleDeg * degree), ss = Math.sin(screenAngleDeg * degree);
  const x0 = ca * cg - sa * sb * sg, x1 = sa * cg + ca * sb * sg, x2 = -cb * sg;
  const y0 = -sa * cb, y1 = ca * cb, y2 = sb;
  out[0] = cs * x0 - ss * y0;
  out[3] = cs * x1 - ss * y1;
  out[6] = cs * x2 - ss * y2;
  out[1] = ss * x0 + cs * y0;
  out[4] = ss * x1 + cs * y1;
  out[7] = ss * x2 + cs * y2;
  out[2] = ca * sg + sa * sb * cg;
  out[5] = sa * sg - ca * sb * cg;
  out[8] = cb * cg;
}
