/**
 * RGBA to luma: (77 R + 150 G + 29 B + 128) >> 8, ITU-R BT.601 weights in 1/256.
 * @param rgba 4 · pixels bytes
 * @param luma pixels bytes; pixels is a multiple of 16
 */
export function rgbaToLuma(rgba: usize, luma: usize, pixels: i32): void {
  for (let i = 0; i < pixels; i += 16) {
    const from = rgba + (<usize>i << 2);
    const low = i16x8.narrow_i32x4_s(lumaOfFour(v128.load(from)), lumaOfFour(v128.load(from, 16)));
    const high = i16x8.narrow_i32x4_s(lumaOfFour(v128.load(from, 32)), lumaOfFour(v128.load(from, 48)));
    v128.store(luma + i, i8x16.narrow_i16x8_u(low, high));
  }
}

// @ts-ignore: decorator
@inline
function lumaOfFour(rgba: v128): v128 {
  const redBlue = v128.and(rgba, i16x8.splat(0xff));
  const greenAlpha = i16x8.shr_u(rgba, 8);
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(redBlue, i16x8(77, 29, 77, 29, 77, 29, 77, 29)),
    i32x4.dot_i16x8_s(greenAlpha, i16x8(150, 0, 150, 0, 150, 0, 150, 0)),
  );
  return i32x4.shr_u(i32x4.add(sum, i32x4.splat(128)), 8);
}
