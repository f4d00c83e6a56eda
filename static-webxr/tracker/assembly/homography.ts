import { allocate } from './arena';

/** Row-major 3×3 matrices of f64: 72 bytes. */
export const HOMOGRAPHY_BYTES = 72;

const sourceBasis = allocate(HOMOGRAPHY_BYTES);
const targetBasis = allocate(HOMOGRAPHY_BYTES);

// @ts-ignore: decorator
@inline
function get(m: usize, i: i32): f64 {
  return load<f64>(m + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
function set(m: usize, i: i32, value: f64): void {
  store<f64>(m + (<usize>i << 3), value);
}

/**
 * The homography that takes four points to four points, through the projective basis of each (Hartley and Zisserman,
 * Multiple View Geometry, 2.3).
 * @param from, to four x, y pairs of f64
 * @returns false when three of the points lie on a line
 */
export function homographyOfFour(from: usize, to: usize, result: usize): bool {
  if (!basis(from, sourceBasis) || !basis(to, targetBasis)) return false;

  const a = sourceBasis;
  const a0 = get(a, 0), a1 = get(a, 1), a2 = get(a, 2), a3 = get(a, 3), a4 = get(a, 4), a5 = get(a, 5);
  const a6 = get(a, 6), a7 = get(a, 7), a8 = get(a, 8);
  // The adjugate is the inverse up to scale.
  const i0 = a4 * a8 - a5 * a7, i1 = a2 * a7 - a1 * a8, i2 = a1 * a5 - a2 * a4;
  const i3 = a5 * a6 - a3 * a8, i4 = a0 * a8 - a2 * a6, i5 = a2 * a3 - a0 * a5;
  const i6 = a3 * a7 - a4 * a6, i7 = a1 * a6 - a0 * a7, i8 = a0 * a4 - a1 * a3;
  for (let row = 0; row < 3; row++) {
    const b0 = get(targetBasis, 3 * row), b1 = get(targetBasis, 3 * row + 1), b2 = get(targetBasis, 3 * row + 2);
    set(result, 3 * row, b0 * i0 + b1 * i3 + b2 * i6);
    set(result, 3 * row + 1, b0 * i1 + b1 * i4 + b2 * i7);
    set(result, 3 * row + 2, b0 * i2 + b1 * i5 + b2 * i8);
  }
  return true;
}

/** Takes the unit points to the first three, and (1, 1, 1) to the fourth. */
function basis(points: usize, result: usize): bool {
  const x1 = get(points, 0), y1 = get(points, 1), x2 = get(points, 2), y2 = get(points, 3);
  const x3 = get(points, 4), y3 = get(points, 5), x4 = get(points, 6), y4 = get(points, 7);
  const l1 = area(x4, y4, x2, y2, x3, y3);
  const l2 = area(x1, y1, x4, y4, x3, y3);
  const l3 = area(x1, y1, x2, y2, x4, y4);
  if (l1 == 0 || l2 == 0 || l3 == 0) return false;
  set(result, 0, l1 * x1);
  set(result, 1, l2 * x2);
  set(result, 2, l3 * x3);
  set(result, 3, l1 * y1);
  set(result, 4, l2 * y2);
  set(result, 5, l3 * y3);
  set(result, 6, l1);
  set(result, 7, l2);
  set(result, 8, l3);
  return true;
}

/** Twice the signed area of a triangle. */
// @ts-ignore: decorator
@inline
export function area(x1: f64, y1: f64, x2: f64, y2: f64, x3: f64, y3: f64): f64 {
  return (x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1);
}
