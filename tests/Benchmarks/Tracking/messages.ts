// What passes between the benchmark in Node and the page in Chromium: plain JSON, frames and files apart (they are fetched).

export const FRAME_PIXELS = 640 * 480;

/** One sequence for Portico's tracker. */
export interface OursRun {
  /** Paths of luma frames and of marker files on the benchmark's server. */
  frames: string;
  markers: string[];
  /** The camera's focal length when the tracker is to be told. */
  focalPx?: number | undefined;
}

export interface OursFrame {
  /** Targets seen in this very frame; what is only held from earlier ones isn't. */
  seen: { target: number; corners: number[] }[];
  milliseconds: number;
}

/** One sequence for MindAR. */
export interface MindarRun {
  frames: string;
  /** Paths of `.mind` files. */
  targets: string[];
}

export interface MindarFrame {
  /** What its engine found in this very frame: rows of a 3×4 matrix from marker pixels to the camera. */
  found: { target: number; modelView: number[] }[];
  /** What it would show: after warm-up and smoothing, and for some frames after a loss. A 4×4 matrix, column-major. */
  shown: { target: number; world: number[] }[];
  /** Its whole frame: upload, detection and matching if it looked for targets, tracking. */
  milliseconds: number;
  /** The parts; absent when it did no such thing. */
  detectMs?: number;
  trackMs?: number;
}

export interface MindCompilation {
  milliseconds: number;
}
