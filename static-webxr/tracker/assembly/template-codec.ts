import { allocate } from './arena';

/**
 * Decodes the grey template: median edge prediction and adaptive Golomb-Rice codes, after LOCO-I (Weinberger,
 * Seroussi and Sapiro, 2000). The format: docs/marker-format.md; the coder: functions/Vision/TemplateCodec.cs.
 */
const CONTEXTS = 8;
const LONGEST_UNARY = 20;
const ESCAPE_BITS = 9;

const sums = allocate(CONTEXTS * 4);
const counts = allocate(CONTEXTS * 4);

let code: usize = 0;
let position: u32 = 0;
let end: u32 = 0;

// @ts-ignore: decorator
@inline
function bit(): i32 {
  // Past the end everything is 1: every number ends, and the caller sees that too much was read.
  const at = position++;
  return at < end ? (<i32>load<u8>(code + (at >> 3)) >> <i32>(7 - (at & 7))) & 1 : 1;
}

/** @returns false when the code is damaged */
export function decodeTemplate(from: usize, bytes: i32, to: usize, width: i32, height: i32, near: i32): bool {
  code = from;
  position = 0;
  end = <u32>bytes << 3;
  for (let c: usize = 0; c < <usize>CONTEXTS; c++) {
    store<i32>(sums + (c << 2), 4);
    store<i32>(counts + (c << 2), 1);
  }
  const step = 2 * near + 1;

  for (let y = 0; y < height && position <= end; y++) {
    for (let x = 0; x < width; x++) {
      const at = to + <usize>(y * width + x);
      const left: i32 = x > 0 ? <i32>load<u8>(at - 1) : y > 0 ? <i32>load<u8>(at - width) : 128;
      const up: i32 = y > 0 ? <i32>load<u8>(at - width) : left;
      const corner: i32 = x > 0 && y > 0 ? <i32>load<u8>(at - width - 1) : up;
      const prediction = corner >= max(left, up) ? min(left, up) : corner <= min(left, up) ? max(left, up) : left + up - corner;
      const activity = (abs(up - corner) + abs(corner - left)) / step;
      const context = <usize>min(CONTEXTS - 1, 32 - clz(activity)) << 2;

      const sum = load<i32>(sums + context), count = load<i32>(counts + context);
      let k = 0;
      while (count << k < sum && k < 8) k++;
      let unary = 0;
      while (bit() == 0) if (++unary > LONGEST_UNARY) return false;
      let value = unary < LONGEST_UNARY ? unary : 0;
      for (let i = unary < LONGEST_UNARY ? k : ESCAPE_BITS; i > 0; i--) value = (value << 1) | bit();

      const halve = count == 63;
      store<i32>(sums + context, (sum + value) >> <i32>halve);
      store<i32>(counts + context, (count + 1) >> <i32>halve);
      const quantised = (value & 1) == 0 ? value >> 1 : -((value + 1) >> 1);
      store<u8>(at, min(255, max(0, prediction + quantised * step)));
    }
  }
  return position <= end;
}
