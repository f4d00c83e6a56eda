import { allocate } from './arena';

/**
 * A picture as a camera might see it: turned, squeezed, with sensor noise. The same pixels as
 * functions/Vision/SimulatedView.cs.
 */
const ONE: i64 = 65536;

/** Linear parts in 1/65536: xx, xy, yx, yy of 30° × 0.85; −20° squeezed across; 10° squeezed down; −45° × 1.15. */
const CAMERAS = memory.data<i32>([
  48242, -27853, 27853, 48242,
  46188, 16811, -22415, 61584,
  64540, -11380, 8535, 48405,
  53292, 53292, -53292, 53292,
]);
export const cameraCount = 4;

/** The view drawn last, without padding. */
export let viewPixels: usize = 0;
export let viewWidth: i32 = 0;
export let viewHeight: i32 = 0;
let drawnBy: i32 = 0;

/** Where `locate` found the pixel, in view pixels. */
export let locatedX: i32 = 0;
export let locatedY: i32 = 0;

function entry(camera: i32, index: i32): i64 {
  return <i64>load<i32>(CAMERAS + (<usize>(4 * camera + index) << 2));
}

/** Draws how a camera sees the image, with the noise that belongs to the camera. */
export function drawView(image: usize, width: i32, height: i32, camera: i32): void {
  const xx = entry(camera, 0), xy = entry(camera, 1), yx = entry(camera, 2), yy = entry(camera, 3);
  const determinant = xx * yy - xy * yx;
  viewWidth = <i32>((abs(xx) * width + abs(xy) * height) / ONE) + 1;
  viewHeight = <i32>((abs(yx) * width + abs(yy) * height) / ONE) + 1;
  drawnBy = camera;
  const ixx = (yy * ONE * ONE) / determinant, ixy = (-xy * ONE * ONE) / determinant;
  const iyx = (-yx * ONE * ONE) / determinant, iyy = (xx * ONE * ONE) / determinant;

  viewPixels = allocate(<usize>(viewWidth * viewHeight));
  let noise: u32 = camera + 1;
  let to = viewPixels;
  for (let y = 0; y < viewHeight; y++) {
    const dx: i64 = 1 - viewWidth, dy: i64 = 2 * y + 1 - viewHeight;
    let x2 = ixx * dx + ixy * dy + ONE * (width - 1), y2 = iyx * dx + iyy * dy + ONE * (height - 1);
    for (let x = 0; x < viewWidth; x++, x2 += 2 * ixx, y2 += 2 * iyx) {
      noise = noise * 1664525 + 1013904223;
      // Three uniform steps of 0 to 7 around their mean: σ ≈ 4.
      const grain = <i32>((noise >> 29) + ((noise >> 26) & 7) + ((noise >> 23) & 7)) - 10;
      store<u8>(to++, min(max(sample(image, width, height, <i32>(x2 >> 9), <i32>(y2 >> 9)) + grain, 0), 255));
    }
  }
}

/** Where a pixel of the image lies in the view drawn last. */
export function locate(width: i32, height: i32, x: i32, y: i32): void {
  const dx: i64 = 2 * x + 1 - width, dy: i64 = 2 * y + 1 - height;
  locatedX = <i32>((entry(drawnBy, 0) * dx + entry(drawnBy, 1) * dy + ONE * viewWidth) >> 17);
  locatedY = <i32>((entry(drawnBy, 2) * dx + entry(drawnBy, 3) * dy + ONE * viewHeight) >> 17);
}

/** Bilinear at (x, y) in 1/256 pixels, mid-grey outside. */
// @ts-ignore: decorator
@inline
function sample(image: usize, width: i32, height: i32, x: i32, y: i32): i32 {
  const px = x >> 8, py = y >> 8;
  if (px < 0 || py < 0 || px >= width - 1 || py >= height - 1) return 128;
  const fx = x & 255, fy = y & 255;
  const at = image + <usize>(py * width + px);
  const top = <i32>load<u8>(at) * (256 - fx) + <i32>load<u8>(at, 1) * fx;
  const bottom = <i32>load<u8>(at + width) * (256 - fx) + <i32>load<u8>(at + width, 1) * fx;
  return (top * (256 - fy) + bottom * fy + 32768) >> 16;
}
