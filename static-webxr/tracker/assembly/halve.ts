/**
 * Half the size: each pixel the mean of 2×2, (Σ + 2) >> 2. An odd last column or row is dropped.
 * @param width of the result, at least 16
 * @param fromStride, toStride bytes from row to row
 */
export function halve(from: usize, fromStride: i32, to: usize, toStride: i32, width: i32, height: i32): void {
  const two = i16x8.splat(2);
  for (let y = 0; y < height; y++) {
    const top = from + <usize>(2 * y * fromStride);
    const bottom = top + fromStride;
    const target = to + <usize>(y * toStride);
    for (let x = 0; ; x += 16) {
      // The last step overlaps the one before, so that rows of any length need no tail.
      if (x > width - 16) x = width - 16;
      const at = <usize>(2 * x);
      const low = i16x8.add(
        i16x8.extadd_pairwise_i8x16_u(v128.load(top + at)),
        i16x8.extadd_pairwise_i8x16_u(v128.load(bottom + at)),
      );
      const high = i16x8.add(
        i16x8.extadd_pairwise_i8x16_u(v128.load(top + at, 16)),
        i16x8.extadd_pairwise_i8x16_u(v128.load(bottom + at, 16)),
      );
      v128.store(
        target + x,
        i8x16.narrow_i16x8_u(i16x8.shr_u(i16x8.add(low, two), 2), i16x8.shr_u(i16x8.add(high, two), 2)),
      );
      if (x == width - 16) break;
    }
  }
}
