import type { CameraFrame, DeviceTurn, FrameResult, TargetState } from './types.ts';

/**
 * One buffer travels to the worker and back for every frame: the frame's pixels, and behind them numbers of 64 bits,
 * first those that go with the frame, then those of the result. Messages that hold objects would leave kilobytes
 * behind for every frame.
 */
const TIMESTAMP = 0;
const ORIENTED = 1;
const ORIENTATION = 2;
const FOCAL = 7;
const MILLISECONDS = 8;
const TARGETS = 9;
/** State, 16 numbers of the matrix, 8 of the corners. */
const TARGET = 25;

export const TARGET_STATES: readonly TargetState[] = ['searching', 'tracking', 'held', 'bridged'];

/** How many numbers are behind the pixels. */
export function numberCount(targets: number): number {
  return TARGETS + TARGET * targets;
}

/** The numbers behind the pixels of a packet; those are a multiple of 8 bytes. */
export function numbersOf(packet: ArrayBuffer, targets: number): Float64Array<ArrayBuffer> {
  const count = numberCount(targets);
  return new Float64Array(packet, packet.byteLength - count * Float64Array.BYTES_PER_ELEMENT, count);
}

export function packFrame({ timestampMs, orientation }: CameraFrame, into: Float64Array): void {
  into[TIMESTAMP] = timestampMs;
  into[ORIENTED] = Number(orientation !== undefined);
  if (orientation === undefined) return;
  into[ORIENTATION] = orientation.alphaDeg;
  into[ORIENTATION + 1] = orientation.betaDeg;
  into[ORIENTATION + 2] = orientation.gammaDeg;
  into[ORIENTATION + 3] = orientation.screenAngleDeg;
  into[ORIENTATION + 4] = orientation.timestampMs;
}

/** @param turn is filled and given to the frame when the packet says how the phone is turned. */
export function unpackFrame(from: Float64Array, into: CameraFrame, turn: DeviceTurn): void {
  into.timestampMs = from[TIMESTAMP]!;
  into.orientation = from[ORIENTED] === 1 ? turn : undefined;
  turn.alphaDeg = from[ORIENTATION]!;
  turn.betaDeg = from[ORIENTATION + 1]!;
  turn.gammaDeg = from[ORIENTATION + 2]!;
  turn.screenAngleDeg = from[ORIENTATION + 3]!;
  turn.timestampMs = from[ORIENTATION + 4]!;
}

export function packResult(result: FrameResult, into: Float64Array): void {
  into[FOCAL] = result.focalPx;
  into[MILLISECONDS] = result.milliseconds;
  for (let i = 0; i < result.targets.length; i++) {
    const { state, matrix, corners } = result.targets[i]!;
    const at = TARGETS + TARGET * i;
    into[at] = TARGET_STATES.indexOf(state);
    into.set(matrix, at + 1);
    into.set(corners, at + 17);
  }
}

/** @param into its targets are as many as those packed. */
export function unpackResult(from: Float64Array, into: FrameResult): void {
  into.timestampMs = from[TIMESTAMP]!;
  into.focalPx = from[FOCAL]!;
  into.milliseconds = from[MILLISECONDS]!;
  for (let i = 0; i < into.targets.length; i++) {
    const pose = into.targets[i]!;
    const at = TARGETS + TARGET * i;
    pose.state = TARGET_STATES[from[at]!]!;
    for (let k = 0; k < 16; k++) pose.matrix[k] = from[at + 1 + k]!;
    for (let k = 0; k < 8; k++) pose.corners[k] = from[at + 17 + k]!;
  }
}
