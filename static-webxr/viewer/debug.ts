import type { FrameResult, TargetState } from '@portico/tracker';
import type { Size } from './fit.ts';

declare global {
  interface Window {
    /** What the viewer is doing, for tests and benchmarks: read it, don't write it. */
    readonly __portico?: ViewerDebug;
    /** The answer to the manifest's request, which index.html starts. */
    porticoManifest?: Promise<Response> | undefined;
  }
}

/** Times are milliseconds since navigation began. */
export interface ViewerDebug {
  /** As in states.ts. */
  state: string;
  /** Why, in `player` and `stopped`. */
  reason: string | undefined;
  /** Camera frames that were tracked and shown. */
  frames: number;
  /** Of those, how many a second lately. */
  framesPerSecond: number;
  /** Time tracking the last frame took in the worker. */
  trackMilliseconds: number;
  /** Size of the tracked frames. */
  frame: Size;
  /** Per target: its state and corners (top left, top right, bottom right, bottom left) in tracked pixels, last frame. */
  targets: { state: TargetState; corners: number[] }[];
  /** Playback position of the video that was found last. */
  readonly videoSeconds: number;
  firstPoseMs: number | undefined;
  firstArFrameMs: number | undefined;
  /** Ends the visit: camera, worker, graphics and videos are given back. For tests that look at what stays behind. */
  dispose?: () => void;
}

export interface DebugRecorder extends ViewerDebug {
  noteFrame(result: FrameResult, crop: Size): void;
  firstPose(): void;
  /** @returns true the first time. */
  firstArFrame(): boolean;
}

/** Publishes `window.__portico`, and the `portico:first-pose` and `portico:first-ar-frame` marks. */
export function createDebug(videoSeconds: () => number): DebugRecorder {
  let lastMs = 0;
  const debug: DebugRecorder = {
    state: 'loading',
    reason: undefined,
    frames: 0,
    framesPerSecond: 0,
    trackMilliseconds: 0,
    frame: { widthPx: 0, heightPx: 0 },
    targets: [],
    // Asked for, not noted: a number for every frame would be left behind.
    get videoSeconds() {
      return videoSeconds();
    },
    firstPoseMs: undefined,
    firstArFrameMs: undefined,
    noteFrame(result, crop) {
      const nowMs = performance.now();
      if (lastMs > 0) {
        const perSecond = 1000 / Math.max(1, nowMs - lastMs);
        debug.framesPerSecond += (perSecond - debug.framesPerSecond) * (debug.frames > 1 ? 0.1 : 1);
      }
      lastMs = nowMs;
      debug.frames++;
      debug.trackMilliseconds = result.milliseconds;
      debug.frame.widthPx = crop.widthPx;
      debug.frame.heightPx = crop.heightPx;
      for (let i = 0; i < result.targets.length; i++) {
        const seen = result.targets[i]!;
        const noted = (debug.targets[i] ??= { state: 'searching', corners: [0, 0, 0, 0, 0, 0, 0, 0] });
        noted.state = seen.state;
        for (let k = 0; k < 8; k++) noted.corners[k] = seen.corners[k]!;
      }
    },
    firstPose() {
      if (debug.firstPoseMs !== undefined) return;
      debug.firstPoseMs = performance.now();
      performance.mark('portico:first-pose');
    },
    firstArFrame() {
      if (debug.firstArFrameMs !== undefined) return false;
      debug.firstArFrameMs = performance.now();
      performance.mark('portico:first-ar-frame');
      return true;
    },
  };
  (window as { __portico?: ViewerDebug }).__portico = debug;
  return debug;
}
