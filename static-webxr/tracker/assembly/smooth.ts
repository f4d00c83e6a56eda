/**
 * Separable binomial smoothing with [1 4 6 4 1]/16 (σ = 1 px), edge pixels repeated outwards, rounded once:
 * (Σ + 128) >> 8. The same bits as functions/Vision/BinomialSmooth.cs.
 * @param from, to images of `width` (at least 16) × `height` with `stride` bytes a row; they don't overlap
 * @param columns scratch of 2 · (width + 16) bytes
 */
export function smooth(from: usize, to: usize, width: i32, height: i32, stride: i32, columns: usize): void {
  const sums = columns + 4; // two 16-bit entries for the repeated left edge
  const half = i16x8.splat(128);
  for (let y = 0; y < height; y++) {
    const c = from + <usize>(y * stride);
    const b = y > 0 ? c - stride : c;
    const a = y > 1 ? b - stride : b;
    const d = y < height - 1 ? c + stride : c;
    const e = y < height - 2 ? d + stride : d;
    for (let x = 0; ; x += 16) {
      if (x > width - 16) x = width - 16;
      const va = v128.load(a + x), vb = v128.load(b + x), vc = v128.load(c + x), vd = v128.load(d + x), ve = v128.load(e + x);
      const to16 = sums + <usize>(2 * x);
      v128.store(to16, weigh(
        i16x8.extend_low_i8x16_u(va), i16x8.extend_low_i8x16_u(vb), i16x8.extend_low_i8x16_u(vc),
        i16x8.extend_low_i8x16_u(vd), i16x8.extend_low_i8x16_u(ve),
      ));
      v128.store(to16, weigh(
        i16x8.extend_high_i8x16_u(va), i16x8.extend_high_i8x16_u(vb), i16x8.extend_high_i8x16_u(vc),
        i16x8.extend_high_i8x16_u(vd), i16x8.extend_high_i8x16_u(ve),
      ), 16);
      if (x == width - 16) break;
    }
    const first = load<u16>(sums), last = load<u16>(sums + <usize>(2 * width - 2));
    store<u16>(sums - 4, first);
    store<u16>(sums - 2, first);
    store<u16>(sums + <usize>(2 * width), last);
    store<u16>(sums + <usize>(2 * width + 2), last);

    const target = to + <usize>(y * stride);
    for (let x = 0; ; x += 16) {
      if (x > width - 16) x = width - 16;
      const at = sums + <usize>(2 * x) - 4;
      const low = i16x8.shr_u(i16x8.add(half, weighAround(at)), 8);
      const high = i16x8.shr_u(i16x8.add(half, weighAround(at + 16)), 8);
      v128.store(target + x, i8x16.narrow_i16x8_u(low, high));
      if (x == width - 16) break;
    }
  }
}

// @ts-ignore: decorator
@inline
function weighAround(at: usize): v128 {
  return weigh(v128.load(at), v128.load(at, 2), v128.load(at, 4), v128.load(at, 6), v128.load(at, 8));
}

// @ts-ignore: decorator
@inline
function weigh(a: v128, b: v128, c: v128, d: v128, e: v128): v128 {
  const outer = i16x8.add(a, e);
  const inner = i16x8.shl(i16x8.add(b, d), 2);
  const middle = i16x8.add(i16x8.shl(c, 2), i16x8.shl(c, 1));
  return i16x8.add(i16x8.add(outer, inner), middle);
}
