import { allocate, mark, release } from './arena';

/**
 * Scales an image down; each new pixel is the mean of the area it covers, edge pixels weighted by their share. The
 * same pixels as functions/Vision/AreaResample.cs.
 * @param from, to images without padding; they don't overlap
 * @param newWidth, newHeight 1 to the image's width and height
 */
export function scaleArea(from: usize, width: i32, height: i32, to: usize, newWidth: i32, newHeight: i32): void {
  const before = mark();
  const row = allocate(<usize>newWidth << 3), sum = allocate(<usize>newWidth << 3);
  const area = <i64>width * height;
  let rowEnd: i64 = height;
  for (let y = 0; y < height; y++) {
    addUpColumns(from + <usize>(y * width), width, row, newWidth);
    const top = <i64>y * newHeight, bottom = top + newHeight;
    const inThis = min(bottom, rowEnd) - top;
    for (let x: usize = 0; x < <usize>newWidth; x++) {
      store<i64>(sum + (x << 3), load<i64>(sum + (x << 3)) + load<i64>(row + (x << 3)) * inThis);
    }
    if (bottom < rowEnd) continue;
    const inNext = bottom - rowEnd;
    for (let x: usize = 0; x < <usize>newWidth; x++) {
      store<u8>(to++, <u8>((load<i64>(sum + (x << 3)) + area / 2) / area));
      store<i64>(sum + (x << 3), load<i64>(row + (x << 3)) * inNext);
    }
    rowEnd += height;
  }
  release(before);
}

function addUpColumns(pixels: usize, count: i32, columns: usize, newWidth: i32): void {
  let end: i64 = count, sum: i64 = 0;
  for (let x = 0; x < count; x++) {
    const value = <i64>load<u8>(pixels + <usize>x);
    const left = <i64>x * newWidth, right = left + newWidth;
    if (right < end) {
      sum += value * newWidth;
      continue;
    }
    store<i64>(columns, sum + value * (end - left));
    columns += 8;
    sum = value * (right - end);
    end += count;
  }
}
