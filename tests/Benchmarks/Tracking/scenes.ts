import { createCamera, type Camera } from '../../web/tracking/camera.ts';
import {
  createPath, EASY, FAST, FRAME_HEIGHT_PX, FRAME_WIDTH_PX, FRAMES_A_SECOND, OBLIQUE, projectCorners, SMALL, type CameraPath, type PathClass,
} from '../../web/tracking/camera-path.ts';
import type { Photograph } from '../../web/tracking/photographs.ts';
import { createRandom } from '../../web/tracking/random.ts';

/**
 * MindAR takes every camera to see 45° from top to bottom and can't be told otherwise, so most cameras here do: 57.8°
 * from side to side. Portico's tracker is told as much, but in the classes whose lens is unknown to it, as a phone's
 * mostly is: there it begins with 63° and estimates.
 */
export const MINDAR_FOCAL_PX = FRAME_HEIGHT_PX / 2 / Math.tan((22.5 * Math.PI) / 180);

const focalOf = (longSideFovDegrees: number): number => FRAME_WIDTH_PX / 2 / Math.tan((longSideFovDegrees * Math.PI) / 360);

/** Which kind of picture a class is about. */
export type Picture = 'photograph' | 'repetitive' | 'low texture';

export interface SceneClass extends PathClass {
  picture: Picture;
  /** Whether tracker.md counts it among the hard ones, where p@5 is to be twice MindAR's. */
  hard: boolean;
  /** Portico's tracker isn't told the focal length. */
  unknownLens?: boolean;
  /** The target leaves the frame and comes back. */
  leaves?: boolean;
  /** The sequences are so many times as long as others: what is to be seen takes longer. */
  longer?: number;
}

const photograph = (kind: PathClass, hard = false): SceneClass => ({
  ...kind, focalPx: kind.focalPx ?? MINDAR_FOCAL_PX, picture: 'photograph', hard,
});

const unknownLens = (kind: PathClass): SceneClass => ({ ...photograph(kind), unknownLens: true, longer: 2 });

export const SCENE_CLASSES: readonly SceneClass[] = [
  photograph(EASY),
  photograph({ ...OBLIQUE, tiltDegrees: [40, 65] }, true),
  photograph({ ...SMALL, widthShare: [0.15, 0.3] }, true),
  photograph({ ...EASY, name: 'far to near', widthShare: [0.2, 0.95], swingSeconds: [1.5, 2.5] }),
  photograph({ ...FAST, name: 'motion blur' }, true),
  photograph({ ...EASY, name: 'low light', light: [0.25, 0.35], noise: 7 }, true),
  photograph({ ...EASY, name: 'light and glare', light: [0.5, 1.1], glare: true }),
  photograph({ ...EASY, name: 'occlusion', occlusion: 0.5 }, true),
  photograph({ ...EASY, name: 'rolling shutter', readoutSeconds: 0.025, swingSeconds: [1, 2] }),
  { ...photograph({ ...EASY, name: 'out and back' }), leaves: true, longer: 2 },
  { ...photograph({ ...EASY, name: 'repetitive' }), picture: 'repetitive' },
  { ...photograph({ ...EASY, name: 'low texture' }), picture: 'low texture' },
  unknownLens({ ...OBLIQUE, name: 'oblique, lens unknown', tiltDegrees: [40, 65] }),
  // 15° less and more than Portico's tracker begins with; MindAR is wrong by 10° and 20°.
  unknownLens({ ...EASY, name: 'field of view 48°', focalPx: focalOf(63 - 15) }),
  unknownLens({ ...EASY, name: 'field of view 78°', focalPx: focalOf(63 + 15) }),
];

/** A static camera, σ = 4, the target at 40 % of the frame's width: what jitter and lag are measured on. */
export const STEADY: SceneClass = photograph({
  ...EASY, name: 'static camera', widthShare: [0.4, 0.4], tiltDegrees: [15, 15], rollDegrees: [5, 5], stray: 0.02, noise: 4,
});
export const RAMP_PX_A_SECOND = 200;

/** Where the target is in one frame. */
export interface Truth {
  /** Top left, top right, bottom right, bottom left: x, y in frame pixels. */
  corners: Float64Array;
  /** Share of the target's area that lies in the frame, 0 to 1. */
  inView: number;
}

/** Frames of one photograph, and the truth about them. */
export interface Scene {
  /** 8-bit luma, a frame after the other. The camera is grey: red, green and blue are alike. */
  luma: Uint8Array;
  truth: Truth[];
  /** What Portico's tracker is told of the lens, if anything. */
  toldFocalPx?: number | undefined;
}

export function renderScene(kind: SceneClass, target: Photograph, wall: Photograph, seed: number, shortestFrames: number): Scene {
  const frames = shortestFrames * (kind.longer ?? 1);
  const random = createRandom(seed);
  const wandering = createPath(random, kind);
  const path = kind.leaves === true ? leaving(wandering, frames / FRAMES_A_SECOND) : wandering;
  const scene = filmed(createCamera(random, target, wall, path, kind), path, target, frames);
  return kind.unknownLens === true ? scene : { ...scene, toldFocalPx: kind.focalPx };
}

/** The static camera, or with `moving` a target that crosses the frame at {@link RAMP_PX_A_SECOND}. */
export function renderSteadyScene(moving: boolean, target: Photograph, wall: Photograph, seed: number, frames: number): Scene {
  const start = createPath(createRandom(seed), STEADY)(0);
  const startPx = (-RAMP_PX_A_SECOND * frames) / FRAMES_A_SECOND / 2;
  const path: CameraPath = (seconds) => (moving ? shifted(start, startPx + RAMP_PX_A_SECOND * seconds) : start);
  return { ...filmed(createCamera(createRandom(seed), target, wall, path, STEADY), path, target, frames), toldFocalPx: STEADY.focalPx };
}

function filmed(camera: Camera, path: CameraPath, target: Photograph, frames: number): Scene {
  const aspect = target.markerImage.height / target.markerImage.width;
  const scene: Scene = { luma: new Uint8Array(frames * FRAME_WIDTH_PX * FRAME_HEIGHT_PX), truth: [] };
  for (let frame = 0; frame < frames; frame++) {
    storeLuma(camera.render(frame), scene.luma, frame);
    const homography = path(frame / FRAMES_A_SECOND);
    scene.truth.push({ corners: projectCorners(homography, aspect), inView: shareInView(homography, aspect) });
  }
  return scene;
}

export function storeLuma(rgba: Uint8ClampedArray, to: Uint8Array, frame: number): void {
  const pixels = FRAME_WIDTH_PX * FRAME_HEIGHT_PX;
  for (let i = 0, at = frame * pixels; i < pixels; i++) to[at++] = rgba[4 * i]!;
}

/** Out of the frame in a quarter of the sequence, as a hand would do it in half a second, and back likewise. */
function leaving(path: CameraPath, seconds: number): CameraPath {
  return (at) => {
    const away = smoothStep((at / seconds - 0.2) / 0.25) - smoothStep((at / seconds - 0.6) / 0.25);
    return shifted(path(at), 1.2 * FRAME_WIDTH_PX * away);
  };
}

const smoothStep = (t: number): number => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));

/** The target moved to the right in its own place in space, so that its centre moves by `px` in the frame. */
const shifted = (h: Float64Array, px: number): Float64Array => h.map((value, k) => (k === 2 ? value + px * h[8]! : value));

/** On a grid of 16 × 16 points of the target. */
function shareInView(h: Float64Array, aspect: number): number {
  let inside = 0;
  for (let i = 0; i < 256; i++) {
    const u = ((i & 15) + 0.5) / 16 - 0.5, v = (((i >> 4) + 0.5) / 16 - 0.5) * aspect;
    const w = h[6]! * u + h[7]! * v + h[8]!;
    const x = (h[0]! * u + h[1]! * v + h[2]!) / w, y = (h[3]! * u + h[4]! * v + h[5]!) / w;
    if (x >= 0 && x < FRAME_WIDTH_PX && y >= 0 && y < FRAME_HEIGHT_PX) inside++;
  }
  return inside / 256;
}
