import { describe, expect, test } from 'vitest';
import { numberCount, numbersOf, packFrame, packResult, unpackFrame, unpackResult } from '../../static-webxr/tracker/src/frame-packet.ts';
import type { CameraFrame, FrameResult } from '../../static-webxr/tracker/src/types.ts';

describe('the buffer that carries a frame to the worker and back', () => {
  const FRAME_BYTES = 160 * 160 * 4;
  const pose = (target: number, state: FrameResult['targets'][number]['state']) => ({
    target,
    state,
    matrix: Float32Array.from({ length: 16 }, (_, i) => target + i / 3),
    corners: Float32Array.from({ length: 8 }, (_, i) => 100 * target - i / 7),
  });
  const empty = (targets: number): FrameResult => ({
    rgba: new ArrayBuffer(0),
    pixels: new Uint8Array(0),
    timestampMs: 0,
    focalPx: 0,
    milliseconds: 0,
    targets: Array.from({ length: targets }, (_, target) => ({ target, state: 'searching', matrix: new Float32Array(16), corners: new Float32Array(8) })),
  });

  test('gives back what was put in, exactly, and leaves the pixels alone', () => {
    const packet = new ArrayBuffer(FRAME_BYTES + 8 * numberCount(3));
    const pixels = new Uint8Array(packet, 0, FRAME_BYTES).fill(77);
    const orientation = { alphaDeg: 359.123456789, betaDeg: -90.5, gammaDeg: 0.1, screenAngleDeg: 270, timestampMs: 123456.789 };
    packFrame({ rgba: packet, timestampMs: 123456.7890123, orientation }, numbersOf(packet, 3));
    const frame: CameraFrame = { rgba: packet, timestampMs: 0 };
    unpackFrame(numbersOf(packet, 3), frame, { alphaDeg: 0, betaDeg: 0, gammaDeg: 0, screenAngleDeg: 0, timestampMs: 0 });
    expect(frame).toEqual({ rgba: packet, timestampMs: 123456.7890123, orientation });

    const result = { ...empty(0), focalPx: 522.25, milliseconds: 1.75, targets: [pose(0, 'bridged'), pose(1, 'searching'), pose(2, 'tracking')] };
    packResult(result, numbersOf(packet, 3));
    const read = empty(3);
    unpackResult(numbersOf(packet, 3), read);
    expect(read).toEqual({ ...result, timestampMs: 123456.7890123 });
    expect(pixels.every((value) => value === 77)).toBe(true);
  });
  test('does not repeat the last orientation when a frame has none', () => {
    const packet = new ArrayBuffer(FRAME_BYTES + 8 * numberCount(0));
    const turn = { alphaDeg: 1, betaDeg: 2, gammaDeg: 3, screenAngleDeg: 0, timestampMs: 5 };
    packFrame({ rgba: packet, timestampMs: 1, orientation: turn }, numbersOf(packet, 0));
    packFrame({ rgba: packet, timestampMs: 2 }, numbersOf(packet, 0));
    const frame: CameraFrame = { rgba: packet, timestampMs: 0, orientation: turn };
    unpackFrame(numbersOf(packet, 0), frame, turn);
    expect(frame.orientation).toBeUndefined();
  });
});
