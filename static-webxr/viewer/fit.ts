/**
 * How a camera frame, the part of it that is tracked, and the screen lie over one another. All three share
 * their centre, so every mapping between them is one scale per axis.
 */
export interface Size {
  widthPx: number;
  heightPx: number;
}

/** The part of a camera frame that the tracker sees: centred, pixels square, sides multiples of 16. */
export interface TrackedCrop extends Size {
  /** How many camera pixels one tracked pixel spans, the same along both axes; at least 1. */
  cameraPxPerPx: number;
}

const TRACKED_PIXELS = 640 * 480;
const TRACKED_PIXELS_MAX = 1.1 * TRACKED_PIXELS;
const STEP_PX = 16;

/**
 * The crop to track: about 640×480 pixels in the camera's own shape. Among the widths near that budget the one
 * that cuts the least off the frame wins: 1280×720 becomes 768×432 and loses nothing.
 */
export function trackedCrop(camera: Size): TrackedCrop {
  const ideal = Math.max(1, Math.sqrt((camera.widthPx * camera.heightPx) / TRACKED_PIXELS));
  let best: TrackedCrop = floorToStep(camera, ideal);
  let bestLoss = Infinity;
  for (let widthPx = best.widthPx - 4 * STEP_PX; widthPx <= best.widthPx + 4 * STEP_PX; widthPx += STEP_PX) {
    if (widthPx <= 0 || widthPx > camera.widthPx) continue;
    const crop = floorToStep(camera, camera.widthPx / widthPx);
    const seen = crop.widthPx * crop.heightPx;
    if (seen > TRACKED_PIXELS_MAX || crop.heightPx === 0) continue;
    const loss =
      1 - (seen * crop.cameraPxPerPx ** 2) / (camera.widthPx * camera.heightPx) + Math.max(0, 1 - seen / TRACKED_PIXELS) / 4;
    if (loss < bestLoss - 1e-9) [best, bestLoss] = [crop, loss];
  }
  return best;
}

function floorToStep(camera: Size, cameraPxPerPx: number): TrackedCrop {
  // The tiny allowance keeps 720 / (1280 / 768) at 432 in spite of rounding.
  const floor = (px: number) => Math.floor(px / cameraPxPerPx / STEP_PX + 1e-9) * STEP_PX;
  return { widthPx: floor(camera.widthPx), heightPx: floor(camera.heightPx), cameraPxPerPx };
}

/** A scale about the centre of the screen, in clip space. */
export interface Scale {
  x: number;
  y: number;
}

/** The scale of a picture that fills the screen as `object-fit: cover` does, into `out`. */
export function coverScale(picture: Size, screen: Size, out: Scale = { x: 1, y: 1 }): Scale {
  const cover = Math.max(screen.widthPx / picture.widthPx, screen.heightPx / picture.heightPx);
  out.x = (picture.widthPx * cover) / screen.widthPx;
  out.y = (picture.heightPx * cover) / screen.heightPx;
  return out;
}

/** The scale of the tracked crop on a screen that shows the whole camera frame by {@link coverScale}, into `out`. */
export function cropScale(crop: TrackedCrop, camera: Size, screen: Size, out: Scale = { x: 1, y: 1 }): Scale {
  coverScale(camera, screen, out);
  out.x *= (crop.widthPx * crop.cameraPxPerPx) / camera.widthPx;
  out.y *= (crop.heightPx * crop.cameraPxPerPx) / camera.heightPx;
  return out;
}

/** A rectangle on the target's plane, in target widths from its centre, and the part of the content it shows. */
export interface ContentQuad {
  halfWidth: number;
  halfHeight: number;
  /** Shown part of the content, 0–1 of its width and height, centred. */
  shownX: number;
  shownY: number;
}

/** Shapes this close are taken for the same: the content then covers the picture to its edges. */
const SAME_ASPECT = 1.08;
/** Content that covers a picture goes this much beyond it, so that no rim of the picture shines through. */
const OVERSCAN = 1.01;

/** Fits content on a picture: within it (contain), or over all of it (cover) when the shapes are nearly the same. */
export function contentQuad(picture: Size, content: Size): ContentQuad {
  const height = picture.heightPx / picture.widthPx;
  const pictureAspect = picture.widthPx / picture.heightPx;
  const ratio = content.widthPx / content.heightPx / pictureAspect;
  if (ratio < SAME_ASPECT && ratio > 1 / SAME_ASPECT) {
    return { halfWidth: OVERSCAN / 2, halfHeight: (OVERSCAN * height) / 2, shownX: Math.min(1, 1 / ratio), shownY: Math.min(1, ratio) };
  }
  return { halfWidth: Math.min(1, ratio) / 2, halfHeight: (height * Math.min(1, 1 / ratio)) / 2, shownX: 1, shownY: 1 };
}

/**
 * `out = scale · projection · pose`, column-major: from the target's plane to the screen's clip space.
 * `scale` is what {@link cropScale} gave for the frame that the pose was computed from.
 */
export function poseToClip(
  out: Float32Array,
  projection: Float32Array,
  pose: Float32Array,
  scale: Scale,
): void {
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += projection[k * 4 + row]! * pose[column * 4 + k]!;
      out[column * 4 + row] = row === 0 ? sum * scale.x : row === 1 ? sum * scale.y : sum;
    }
  }
}
