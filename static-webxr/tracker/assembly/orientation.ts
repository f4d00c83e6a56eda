/**
 * Direction from a corner to the centroid of brightness in a disc of radius 12 around it, in 64 steps a turn,
 * clockwise since y points down. Rosin 1999, as in ORB (Rublee et al., ICCV 2011). Integers throughout: the same
 * steps as functions/Vision/CornerOrientation.cs.
 */
export const ORIENTATIONS = 64;
const RADIUS_PX = 12;

/** cos(2π·i/64)·2¹⁴, rounded, for the first quarter; the rest follows by symmetry. */
const QUARTER = memory.data<i32>([
  16384, 16305, 16069, 15679, 15137, 14449, 13623, 12665, 11585, 10394, 9102, 7723, 6270, 4756, 3196, 1606, 0,
]);

/** Half width of the disc's row dy: the largest x with x² + dy² ≤ 12² + 12. */
const HALF_WIDTHS = memory.data<i32>([12, 12, 12, 12, 11, 11, 10, 10, 9, 8, 7, 5, 3]);

/** cos(2π·step/64)·2¹⁴. */
export function cosine(step: i32): i32 {
  const i = step & 63;
  if (i <= 16) return load<i32>(QUARTER + (<usize>i << 2));
  if (i <= 32) return -load<i32>(QUARTER + (<usize>(32 - i) << 2));
  if (i <= 48) return -load<i32>(QUARTER + (<usize>(i - 32) << 2));
  return load<i32>(QUARTER + (<usize>(64 - i) << 2));
}

/** sin(2π·step/64)·2¹⁴. */
export function sine(step: i32): i32 {
  return cosine(step + 48);
}

/** @param at address of the corner in a plane smoothed once; the disc lies inside it */
export function orientation(at: usize, stride: i32): i32 {
  let m10: i32 = 0, m01: i32 = 0;
  for (let dy = -RADIUS_PX; dy <= RADIUS_PX; dy++) {
    const half = load<i32>(HALF_WIDTHS + (<usize>abs(dy) << 2));
    const row = at + <usize>(dy * stride);
    let sum: i32 = 0;
    for (let dx = -half; dx <= half; dx++) {
      const value = <i32>load<u8>(row + dx);
      sum += value;
      m10 += dx * value;
    }
    m01 += dy * sum;
  }

  let best = 0;
  let highest = i64.MIN_VALUE;
  for (let step = 0; step < ORIENTATIONS; step++) {
    const projection = <i64>m10 * <i64>cosine(step) + <i64>m01 * <i64>sine(step);
    if (projection > highest) {
      highest = projection;
      best = step;
    }
  }
  return best;
}
