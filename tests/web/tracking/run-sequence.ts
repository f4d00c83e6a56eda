import { readFile } from 'node:fs/promises';
import { createTrackerCore, type TrackerCore, type TrackerOptions } from '@portico/tracker';
import { FRAME_HEIGHT_PX, FRAME_WIDTH_PX, FRAMES_A_SECOND, meanCornerErrorPx, projectCorners, type CameraPath } from './camera-path.ts';
import type { Camera } from './camera.ts';

const wasm = readFile(new URL('../../../static-webxr/tracker/build/tracker.wasm', import.meta.url)).then((bytes) =>
  WebAssembly.compile(new Uint8Array(bytes)),
);

/** A fresh tracker, for the test camera unless told otherwise. */
export async function createTestTracker(
  options: TrackerOptions = { frameWidthPx: FRAME_WIDTH_PX, frameHeightPx: FRAME_HEIGHT_PX },
): Promise<TrackerCore> {
  return createTrackerCore(await wasm, options);
}

/** What happened in one frame. */
export interface FrameOutcome {
  tracked: boolean;
  /** Mean distance of the four corners from where they are, in pixels; infinite when not tracked. */
  errorPx: number;
  milliseconds: number;
  /** Whether the target had to be found anew. */
  cold: boolean;
}

export function runSequence(tracker: TrackerCore, camera: Camera, path: CameraPath, aspect: number, frames: number): FrameOutcome[] {
  const outcomes: FrameOutcome[] = [];
  let tracking = false;
  for (let frame = 0; frame < frames; frame++) {
    const seconds = frame / FRAMES_A_SECOND;
    const result = tracker.track({ rgba: camera.render(frame).buffer, timestampMs: 1000 * seconds });
    const pose = result.targets[0]!;
    const tracked = pose.state === 'tracking';
    const truth = projectCorners(path(seconds), aspect);
    outcomes.push({
      tracked,
      errorPx: tracked ? meanCornerErrorPx(pose.corners, truth) : Infinity,
      milliseconds: result.milliseconds,
      cold: !tracking || !tracked,
    });
    tracking = tracked;
  }
  return outcomes;
}

/** The value that a share of the others lie below. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
