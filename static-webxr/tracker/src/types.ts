/** What the camera is: the size of every frame and, if known, its field of view. */
export interface TrackerOptions {
  /** Width of every frame in pixels; a multiple of 16, 160 to 1920. */
  frameWidthPx: number;
  /** Height of every frame in pixels; a multiple of 16, 160 to 1920. */
  frameHeightPx: number;
  /**
   * The camera's vertical field of view in radians. When absent, the longer side of the frame is taken
   * to see 63°, which is what main cameras of phones show in video.
   */
  verticalFovRadians?: number;
}

/** A target that the tracker looks for. */
export interface TargetInfo {
  /** The target's number in `TargetPose.target`, counted from 0 in the order of `addTarget`. */
  index: number;
  /** Size of the picture the marker was compiled from, in pixels: its aspect. */
  widthPx: number;
  heightPx: number;
}

/** One camera frame. */
export interface CameraFrame {
  /** RGBA, 8 bits each, rows from the top, no padding. Transferred to the worker; comes back in the result for reuse. */
  rgba: ArrayBuffer;
  /** Capture time; only differences matter. */
  timestampMs: number;
}

/**
 * - `searching`: not in view; `matrix` and `corners` mean nothing.
 * - `tracking`: seen in this frame.
 * - `held`: lost a moment ago (up to 500 ms); the pose is the last one.
 */
export type TargetState = 'searching' | 'tracking' | 'held';

/** Where one target is in one frame. */
export interface TargetPose {
  target: number;
  state: TargetState;
  /**
   * Target to camera, 4×4, column-major. Camera axes are OpenGL's: x right, y up, the camera looks along −z.
   * The target is the plane z = 0, its centre the origin, y up, and its width one unit (x from −0.5 to 0.5).
   * It and `projectionMatrix` with the same options project the target's corners to `corners`.
   */
  matrix: Float32Array;
  /** Top left, top right, bottom right, bottom left: x, y each, in frame pixels from the frame's top left corner. */
  corners: Float32Array;
}

/** What was found in one frame. */
export interface FrameResult {
  /** The frame's pixels, untouched: draw these, so that content sits on the picture it was computed from. */
  rgba: ArrayBuffer;
  timestampMs: number;
  /** One entry a target, in the order of `addTarget`. */
  targets: TargetPose[];
  /** Time the computation took. */
  milliseconds: number;
}

/** Finds and follows targets in a worker. */
export interface Tracker {
  /**
   * Adds a target from a marker file (docs/marker-format.md).
   * @throws MarkerFileError when the file is damaged or of a version this tracker doesn't read.
   */
  addTarget(markerFile: ArrayBuffer): Promise<TargetInfo>;
  /** Looks for every target in one frame. One frame at a time: wait for the result before the next call. */
  track(frame: CameraFrame): Promise<FrameResult>;
  /** Ends the worker. Pending calls reject. */
  dispose(): void;
}

/** The marker file can't be used. */
export class MarkerFileError extends Error {
  override readonly name = 'MarkerFileError';
}
