/** What the camera is: the size of every frame and, if known, its focal length. */
export interface TrackerOptions {
  /** Width of every frame in pixels; a multiple of 16, 160 to 1920. */
  frameWidthPx: number;
  /** Height of every frame in pixels; a multiple of 16, 160 to 1920. */
  frameHeightPx: number;
  /**
   * The camera's focal length in frame pixels, when it is known; the principal point is the frame's centre. When
   * absent, the longer side of the frame is taken to see 63°, which is what main cameras of phones show in video, until
   * the first tilted views of a picture say what it is (0.76 to 1.32 of that): each result tells what it is held for.
   */
  focalPx?: number | undefined;
}

/** What is known of a target besides its marker file. */
export interface TargetOptions {
  /**
   * The printed picture's width in metres, above 0. The target's matrix is in metres then: `matrix`'s translation is
   * the picture's place in metres, and its plane reaches from −widthMetres/2 to widthMetres/2. Without it, the unit
   * is the picture's width. Rotation and `corners` are the same either way.
   */
  widthMetres?: number;
}

/** A target that the tracker looks for. */
export interface TargetInfo {
  /** The target's number in `TargetPose.target`, counted from 0 in the order of `addTarget`. */
  index: number;
  /** Size of the picture the marker was compiled from, in pixels: its aspect. */
  widthPx: number;
  heightPx: number;
}

/**
 * How the phone is turned, as `DeviceOrientationEvent` says it (W3C, Z-X′-Y″ in degrees), for the camera on its back.
 * Only differences matter, so any fixed north will do.
 */
export interface DeviceTurn {
  alphaDeg: number;
  betaDeg: number;
  gammaDeg: number;
  /** `screen.orientation.angle`: how far the frames are turned against the phone. */
  screenAngleDeg: number;
  /** When it was read, on the frames' clock. Sensors stop without saying so: an old reading is not used. */
  timestampMs: number;
}

/** One camera frame. */
export interface CameraFrame {
  /**
   * RGBA, 8 bits each, rows from the top, no padding. Transferred to the worker; comes back in the result for reuse,
   * with some room behind the pixels, and goes there without being copied when it is used again.
   */
  rgba: ArrayBuffer;
  /** Capture time; only differences matter. */
  timestampMs: number;
  /** The newest reading of the motion sensors; carries a target that has left the view. */
  orientation?: DeviceTurn | undefined;
}

/**
 * - `searching`: not in view; `matrix` and `corners` mean nothing.
 * - `tracking`: seen in this frame.
 * - `held`: lost a moment ago (up to 500 ms); the pose is the last one.
 * - `bridged`: out of view for a moment (up to 3 s); the pose is the last one, carried by how the phone turned since.
 */
export type TargetState = 'searching' | 'tracking' | 'held' | 'bridged';

/** Where one target is in one frame. */
export interface TargetPose {
  target: number;
  state: TargetState;
  /**
   * Target to camera, 4×4, column-major. Camera axes are OpenGL's: x right, y up, the camera looks along −z.
   * The target is the plane z = 0, its centre the origin, y up, and its width one unit (x from −0.5 to 0.5), or
   * `widthMetres`. It and `projectionMatrix` for the result's `focalPx` project the target's corners to `corners`.
   */
  matrix: Float32Array;
  /** Top left, top right, bottom right, bottom left: x, y each, in frame pixels from the frame's top left corner. */
  corners: Float32Array;
}

/** What was found in one frame. */
export interface FrameResult {
  /**
   * The frame's pixels, untouched: draw these, so that content sits on the picture it was computed from. What is
   * behind them is the tracker's.
   */
  rgba: ArrayBuffer;
  /** The same bytes, for whoever fills the next frame: a view more for every frame would be left behind. */
  pixels: Uint8Array<ArrayBuffer>;
  timestampMs: number;
  /** The focal length, in frame pixels, that the poses are given for: the projection to draw with. */
  focalPx: number;
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
  addTarget(markerFile: ArrayBuffer, options?: TargetOptions): Promise<TargetInfo>;
  /**
   * From the next frame on frames are of another size, as when a phone is turned round. Targets stay added; those in
   * view are found anew.
   * @throws Error when the size is unusable: the camera stays as it was.
   */
  setCamera(options: TrackerOptions): Promise<void>;
  /**
   * Looks for every target in one frame; one of the two hears of it, `failed` if the tracker was disposed. One frame at a
   * time: wait for the result before the next call, which reuses the result, its poses and their arrays. Not a
   * promise, as every frame would leave two behind.
   */
  track(frame: CameraFrame, found: (result: FrameResult) => void, failed: (error: Error) => void): void;
  /** Ends the worker. Pending calls reject. */
  dispose(): void;
}

/** The marker file can't be used. */
export class MarkerFileError extends Error {
  override readonly name = 'MarkerFileError';
}
