import { FRAME_HEIGHT_PX, FRAME_WIDTH_PX, meanCornerErrorPx } from '../../web/tracking/camera-path.ts';
import type { MindarFrame, OursFrame } from './messages.ts';
import { MINDAR_FOCAL_PX, type Truth } from './scenes.ts';

/** What a tracker said of one target in one frame, beside the truth. */
export interface Sighting {
  truth: Truth;
  /** Absent when it didn't see the target. */
  corners?: Float64Array;
  /** Mean distance of the four corners from where they are; infinite when not seen. */
  errorPx: number;
  /** Whether the target had to be looked for: it wasn't known from the frame before. */
  cold: boolean;
  /** The whole frame; what it took to look for targets and to follow them, where the tracker says so. */
  milliseconds: number;
  detectMs?: number;
  trackMs?: number;
}

export function sightingsOfOurs(frames: readonly OursFrame[], truth: readonly Truth[]): Sighting[] {
  let known = false;
  return frames.map((frame, i) => {
    const corners = frame.seen[0] && Float64Array.from(frame.seen[0].corners);
    const sighting = sightingOf(truth[i]!, corners, !known || corners === undefined, frame.milliseconds);
    known = corners !== undefined;
    return sighting;
  });
}

/**
 * @param what `found`: what MindAR's engine found in the frame, from its first frame on; `shown`: what its page would
 * show, which begins five frames later, is smoothed, and is held for five frames after a loss.
 */
export function sightingsOfMindar(
  frames: readonly MindarFrame[], truth: readonly Truth[], markerWidthPx: number, markerHeightPx: number, what: 'found' | 'shown',
): Sighting[] {
  return frames.map((frame, i) => {
    const corners =
      what === 'found'
        ? frame.found[0] && cornersFromModelView(frame.found[0].modelView, markerWidthPx, markerHeightPx)
        : frame.shown[0] && cornersFromModelView(modelViewOf(frame.shown[0].world, markerHeightPx), markerWidthPx, markerHeightPx);
    const { detectMs, trackMs, milliseconds } = frame;
    return { ...sightingOf(truth[i]!, corners, detectMs !== undefined, milliseconds), detectMs, trackMs };
  });
}

function sightingOf(truth: Truth, corners: Float64Array | undefined, cold: boolean, milliseconds: number): Sighting {
  const errorPx = corners === undefined ? Infinity : meanCornerErrorPx(corners, truth.corners);
  return { truth, corners, errorPx, cold, milliseconds };
}

/**
 * Its pixels have whole coordinates in their middle, in the marker as in the frame, ours at the half: so the marker
 * spans −0.5 … width − 0.5, and half a pixel is added on the screen.
 */
function cornersFromModelView(m: readonly number[], width: number, height: number): Float64Array {
  const focal = MINDAR_FOCAL_PX;
  const corners = new Float64Array(8);
  [[0, 0], [width, 0], [width, height], [0, height]].forEach(([right, down], i) => {
    const x = right! - 0.5, y = down! - 0.5;
    const z = m[8]! * x + m[9]! * y + m[11]!;
    corners[2 * i] = (focal * (m[0]! * x + m[1]! * y + m[3]!)) / z + FRAME_WIDTH_PX / 2 + 0.5;
    corners[2 * i + 1] = (focal * (m[4]! * x + m[5]! * y + m[7]!)) / z + FRAME_HEIGHT_PX / 2 + 0.5;
  });
  return corners;
}

/** Back from OpenGL's axes, where the marker's y goes up from its lower edge. */
function modelViewOf(world: readonly number[], height: number): number[] {
  const at = (row: number, column: number): number => (row === 0 ? 1 : -1) * world[4 * column + row]!;
  return [0, 1, 2].flatMap((row) => [at(row, 0), -at(row, 1), -at(row, 2), at(row, 1) * height + at(row, 3)]);
}
