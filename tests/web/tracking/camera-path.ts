import { focalLengthPx } from '@portico/tracker';
import type { Random } from './random.ts';

export const FRAME_WIDTH_PX = 640;
export const FRAME_HEIGHT_PX = 480;
export const FRAMES_A_SECOND = 30;

/** A class of camera movement: ranges that a random path stays in. */
export interface PathClass {
  name: string;
  /** Target's width as a share of the frame's, were it not tilted. */
  widthShare: [low: number, high: number];
  tiltDegrees: [low: number, high: number];
  rollDegrees: [low: number, high: number];
  /** Seconds that a swing of the camera takes. */
  swingSeconds: [low: number, high: number];
  /** How far the target's centre strays from the frame's, as a share of the frame. */
  stray: number;
  /** Exposure as a share of the frame's time: motion blur. */
  shutter: number;
  /** Standard deviation of the sensor's noise, of 255. */
  noise: number;
  /** Light: brightness as a share of the photograph's, from … to, swinging; absent for full light. */
  light?: [low: number, high: number];
  /** A bright reflection moves over the picture. */
  glare?: boolean;
  /** Share of the picture that something in front hides, from one side. */
  occlusion?: number;
  /** Seconds that the sensor takes from its first row to its last: a rolling shutter. */
  readoutSeconds?: number;
  /** The camera's focal length in frame pixels; absent for what the tracker takes a camera to have that it knows nothing about. */
  focalPx?: number;
}

export const EASY: PathClass = {
  name: 'easy', widthShare: [0.38, 0.75], tiltDegrees: [0, 30], rollDegrees: [-30, 30], swingSeconds: [2.5, 6], stray: 0.1, shutter: 0, noise: 3,
};
export const OBLIQUE: PathClass = { ...EASY, name: 'oblique', tiltDegrees: [40, 60], widthShare: [0.5, 0.75] };
export const SMALL: PathClass = { ...EASY, name: 'small', widthShare: [0.17, 0.25], stray: 0.25 };
export const FAST: PathClass = { ...EASY, name: 'fast', swingSeconds: [0.7, 1.2], stray: 0.15, shutter: 0.3 };

/** Where the target is at a time: a homography, row-major, from the target (x, y in widths, y down, centre 0) to frame pixels. */
export type CameraPath = (seconds: number) => Float64Array;

/** A smooth random path: each quantity swings through its range on two sines. */
export function createPath(random: Random, kind: PathClass): CameraPath {
  const swing = (low: number, high: number): ((seconds: number) => number) => {
    const middle = (low + high) / 2, reach = (high - low) / 2;
    const a = (2 * Math.PI) / random.between(...kind.swingSeconds), b = a * random.between(1.6, 2.4);
    const p = random.between(0, 2 * Math.PI), q = random.between(0, 2 * Math.PI);
    return (seconds) => middle + reach * (0.7 * Math.sin(a * seconds + p) + 0.3 * Math.sin(b * seconds + q));
  };
  const focal = focalLengthPx({ frameWidthPx: FRAME_WIDTH_PX, frameHeightPx: FRAME_HEIGHT_PX, focalPx: kind.focalPx });
  const share = swing(...kind.widthShare), tilt = swing(...kind.tiltDegrees), roll = swing(...kind.rollDegrees);
  const x = swing(-kind.stray, kind.stray), y = swing(-kind.stray, kind.stray);
  const start = random.between(0, 2 * Math.PI);
  const turning = (random.next() < 0.5 ? -2 : 2) * Math.PI / random.between(3 * kind.swingSeconds[0], 3 * kind.swingSeconds[1]);

  return (seconds) => {
    const z = focal / (share(seconds) * FRAME_WIDTH_PX);
    const axis = start + turning * seconds, t = (tilt(seconds) * Math.PI) / 180, r = (roll(seconds) * Math.PI) / 180;
    const ax = Math.cos(axis), ay = Math.sin(axis), c = Math.cos(t), s = Math.sin(t), k = 1 - c;
    // Tilt about an axis in the picture's plane, after the roll in that plane.
    const cr = Math.cos(r), sr = Math.sin(r);
    const t00 = c + ax * ax * k, t01 = ax * ay * k, t10 = t01, t11 = c + ay * ay * k, t20 = -ay * s, t21 = ax * s;
    const r00 = t00 * cr + t01 * sr, r01 = -t00 * sr + t01 * cr;
    const r10 = t10 * cr + t11 * sr, r11 = -t10 * sr + t11 * cr;
    const r20 = t20 * cr + t21 * sr, r21 = -t20 * sr + t21 * cr;
    const tx = (x(seconds) * FRAME_WIDTH_PX * z) / focal, ty = (y(seconds) * FRAME_HEIGHT_PX * z) / focal;
    const cx = FRAME_WIDTH_PX / 2, cy = FRAME_HEIGHT_PX / 2;
    return Float64Array.of(
      focal * r00 + cx * r20, focal * r01 + cx * r21, focal * tx + cx * z,
      focal * r10 + cy * r20, focal * r11 + cy * r21, focal * ty + cy * z,
      r20, r21, z,
    );
  };
}

/** The frame pixels of the target's corners: top left, top right, bottom right, bottom left. */
export function projectCorners(h: Float64Array, aspect: number): Float64Array {
  const corners = new Float64Array(8);
  const half = aspect / 2;
  [-0.5, -half, 0.5, -half, 0.5, half, -0.5, half].forEach((_, i, at) => {
    if (i % 2 === 1) return;
    const x = at[i]!, y = at[i + 1]!;
    const w = h[6]! * x + h[7]! * y + h[8]!;
    corners[i] = (h[0]! * x + h[1]! * y + h[2]!) / w;
    corners[i + 1] = (h[3]! * x + h[4]! * y + h[5]!) / w;
  });
  return corners;
}

/** Mean distance of four corners from where they are; both as `projectCorners` orders them. */
export function meanCornerErrorPx(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < 8; i += 2) sum += Math.hypot(found[i]! - truth[i]!, found[i + 1]! - truth[i + 1]!);
  return sum / 4;
}
