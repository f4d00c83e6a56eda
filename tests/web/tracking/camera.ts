import { FRAME_HEIGHT_PX, FRAME_WIDTH_PX, FRAMES_A_SECOND, type CameraPath, type PathClass } from './camera-path.ts';
import type { LumaImage, Photograph } from './photographs.ts';
import type { Random } from './random.ts';

const PIXELS = FRAME_WIDTH_PX * FRAME_HEIGHT_PX;
const BLOCK_PX = 16;
const NOISE_SAMPLES = 1 << 16;
const BLURRED_EXPOSURES = 3;

/** Renders frames of a photograph on a wall, as a camera on a path would see it. */
export interface Camera {
  /** The frame in RGBA; overwritten by the next call. */
  render(frame: number): Uint8ClampedArray<ArrayBuffer>;
}

/**
 * @param target the photograph to look at, or undefined for a wall without one
 * @param wall another photograph, shown around the target
 */
export function createCamera(random: Random, target: Photograph | undefined, wall: Photograph, path: CameraPath, kind: PathClass): Camera {
  const rgba = new Uint8ClampedArray(new ArrayBuffer(4 * PIXELS)).fill(255);
  const light = new Float32Array(PIXELS);
  const noise = Float32Array.from({ length: NOISE_SAMPLES }, () => kind.noise * gaussian(random));
  const aspect = target === undefined ? 0 : target.markerImage.height / target.markerImage.width;
  const wallImage = wall.pyramid[1]!;
  const wallX = random.between(0.1, 0.3), wallY = random.between(0.1, 0.3);

  // Something in front of the picture: a dark wall, from a random side.
  const side = Math.floor(4 * random.next());
  const hidden = kind.occlusion ?? 0;
  const isHidden = (u: number, v: number): boolean =>
    hidden > 0 && (side === 0 ? u < hidden : side === 1 ? v < hidden : side === 2 ? u > 1 - hidden : v > 1 - hidden);
  const readout = kind.readoutSeconds ?? 0;

  function expose(seconds: number, share: number): void {
    let inverse = invert(path(seconds));
    const drift = 0.05 * Math.sin(seconds);
    for (let top = 0; top < FRAME_HEIGHT_PX; top += BLOCK_PX) {
      if (readout > 0) inverse = invert(path(seconds + readout * ((top + BLOCK_PX / 2) / FRAME_HEIGHT_PX - 0.5)));
      for (let left = 0; left < FRAME_WIDTH_PX; left += BLOCK_PX) {
        const image = target === undefined ? undefined : levelFor(target, inverse, left + BLOCK_PX / 2, top + BLOCK_PX / 2);
        for (let y = top; y < top + BLOCK_PX; y++) {
          for (let x = left; x < left + BLOCK_PX; x++) {
            const px = x + 0.5, py = y + 0.5;
            const at = y * FRAME_WIDTH_PX + x;
            if (image !== undefined) {
              const w = 1 / (inverse[6]! * px + inverse[7]! * py + inverse[8]!);
              const u = (inverse[0]! * px + inverse[1]! * py + inverse[2]!) * w + 0.5;
              const v = ((inverse[3]! * px + inverse[4]! * py + inverse[5]!) * w) / aspect + 0.5;
              if (w > 0 && u >= 0 && u <= 1 && v >= 0 && v <= 1 && !isHidden(u, v)) {
                light[at]! += share * bilinear(image, u * image.width - 0.5, v * image.height - 0.5);
                continue;
              }
            }
            const wx = (wallX + drift + (0.7 * px) / FRAME_WIDTH_PX) * wallImage.width;
            const wy = (wallY + (0.7 * py) / FRAME_HEIGHT_PX) * wallImage.height;
            light[at]! += share * bilinear(wallImage, wx, wy);
          }
        }
      }
    }
  }

  /** Brightness over the frame: a swing in time, and a reflection that wanders. */
  function illuminate(seconds: number): void {
    const [low, high] = kind.light ?? [1, 1];
    const level = (low + high) / 2 + ((high - low) / 2) * Math.sin(2 * seconds);
    const gx = FRAME_WIDTH_PX * (0.5 + 0.2 * Math.sin(1.3 * seconds)), gy = FRAME_HEIGHT_PX * (0.5 + 0.2 * Math.cos(1.7 * seconds));
    for (let y = 0, i = 0; y < FRAME_HEIGHT_PX; y++) {
      for (let x = 0; x < FRAME_WIDTH_PX; x++, i++) {
        const reflection = kind.glare === true ? 190 * Math.exp(-((x - gx) ** 2 + (y - gy) ** 2) / (2 * 60 ** 2)) : 0;
        light[i] = Math.min(255, level * light[i]! + reflection);
      }
    }
  }

  return {
    render(frame) {
      light.fill(0);
      const exposures = kind.shutter > 0 ? BLURRED_EXPOSURES : 1;
      for (let i = 0; i < exposures; i++) {
        const within = kind.shutter * ((i + 0.5) / exposures - 0.5);
        expose((frame + within) / FRAMES_A_SECOND, 1 / exposures);
      }
      if (kind.light !== undefined || kind.glare === true) illuminate(frame / FRAMES_A_SECOND);
      let grain = Math.floor(random.next() * NOISE_SAMPLES);
      for (let i = 0, to = 0; i < PIXELS; i++, to += 4) {
        if ((i & 1023) === 0) grain = Math.floor(random.next() * NOISE_SAMPLES);
        // The lens: a little of the neighbours.
        const lens = i > 0 && i < PIXELS - 1 ? 0.8 * light[i]! + 0.1 * (light[i - 1]! + light[i + 1]!) : light[i]!;
        const value = lens + noise[grain++ & (NOISE_SAMPLES - 1)]! + 0.5;
        rgba[to] = rgba[to + 1] = rgba[to + 2] = value;
      }
      return rgba;
    },
  };
}

/** The photograph at about as many pixels as the camera sees around (x, y). */
function levelFor(target: Photograph, inverse: Float64Array, x: number, y: number): LumaImage {
  const w = 1 / (inverse[6]! * x + inverse[7]! * y + inverse[8]!);
  const u = (inverse[0]! * x + inverse[1]! * y + inverse[2]!) * w, v = (inverse[3]! * x + inverse[4]! * y + inverse[5]!) * w;
  const a = (inverse[0]! - u * inverse[6]!) * w, b = (inverse[1]! - u * inverse[7]!) * w;
  const c = (inverse[3]! - v * inverse[6]!) * w, d = (inverse[4]! - v * inverse[7]!) * w;
  const pixelsWanted = 1 / Math.sqrt(Math.abs(a * d - b * c));
  const widest = target.pyramid[0]!.width;
  const level = Math.round(2 * Math.log2(widest / pixelsWanted));
  return target.pyramid[Math.min(Math.max(Number.isFinite(level) ? level : 0, 0), target.pyramid.length - 1)]!;
}

function bilinear(image: LumaImage, x: number, y: number): number {
  const { width, height, pixels } = image;
  const cx = x < 0 ? 0 : x > width - 1.001 ? width - 1.001 : x, cy = y < 0 ? 0 : y > height - 1.001 ? height - 1.001 : y;
  const ix = cx | 0, iy = cy | 0, fx = cx - ix, fy = cy - iy, at = iy * width + ix;
  const top = pixels[at]! + (pixels[at + 1]! - pixels[at]!) * fx;
  const bottom = pixels[at + width]! + (pixels[at + width + 1]! - pixels[at + width]!) * fx;
  return top + (bottom - top) * fy;
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function invert(h: Float64Array): Float64Array {
  const [a, b, c, d, e, f, g, i, j] = h as unknown as [number, number, number, number, number, number, number, number, number];
  const determinant = a * (e * j - f * i) - b * (d * j - f * g) + c * (d * i - e * g);
  return Float64Array.of(
    e * j - f * i, c * i - b * j, b * f - c * e,
    f * g - d * j, a * j - c * g, c * d - a * f,
    d * i - e * g, b * g - a * i, a * e - b * d,
  ).map((value) => value / determinant);
}
