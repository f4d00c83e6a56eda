import { focalLengthPx } from './projection.ts';
import { MarkerFileError, type CameraFrame, type FrameResult, type TargetInfo, type TargetPose, type TargetState, type TrackerOptions } from './types.ts';

/** The tracker in the calling thread: the same algorithm as behind {@link createTracker}, without a worker. */
export interface TrackerCore {
  addTarget(markerFile: ArrayBuffer): TargetInfo;
  /**
   * Looks for every target in one frame. The result, its poses and their arrays are reused by the next call:
   * copy what must live longer.
   */
  track(frame: CameraFrame): FrameResult;
}

/** What assembly/index.ts exports. */
interface TrackerExports {
  memory: WebAssembly.Memory;
  initialize(widthPx: number, heightPx: number, focalPx: number): void;
  /** Address of `widthPx * heightPx * 4` bytes. */
  frameBuffer(): number;
  /** Address of at least `bytes` bytes for a marker file, valid until `addTarget`; 0 when that is too many. */
  markerBuffer(bytes: number): number;
  /** The target's index, or −1 when the file can't be used. */
  addTarget(bytes: number): number;
  targetWidthPx(target: number): number;
  targetHeightPx(target: number): number;
  track(timestampMs: number): void;
  /** Address of the target's result: u32 state, 16 × f32 matrix, 8 × f32 corners. */
  targetResult(target: number): number;
}

const STATES: readonly TargetState[] = ['searching', 'tracking', 'held'];
const MATRIX_OFFSET = 4;
const CORNERS_OFFSET = MATRIX_OFFSET + 16 * 4;

/** @param wasmBytes build/tracker.wasm, or a module compiled from it. */
export async function createTrackerCore(
  wasmBytes: BufferSource | WebAssembly.Module,
  options: TrackerOptions,
): Promise<TrackerCore> {
  const { frameWidthPx, frameHeightPx } = options;
  for (const side of [frameWidthPx, frameHeightPx]) {
    if (!Number.isInteger(side) || side % 16 !== 0 || side < 160 || side > 1920) {
      throw new RangeError(`Frame sides are multiples of 16 from 160 to 1920, not ${frameWidthPx}×${frameHeightPx}.`);
    }
  }

  const module = wasmBytes instanceof WebAssembly.Module ? wasmBytes : await WebAssembly.compile(wasmBytes);
  const instance = await WebAssembly.instantiate(module);
  const wasm = instance.exports as unknown as TrackerExports;
  wasm.initialize(frameWidthPx, frameHeightPx, focalLengthPx(options));

  const frameBytes = frameWidthPx * frameHeightPx * 4;
  const targets: TargetPose[] = [];
  /** The same poses inside the module's memory: posting such a view to another thread would copy the whole memory. */
  const inMemory: { matrix: Float32Array; corners: Float32Array }[] = [];
  const result: FrameResult = { rgba: new ArrayBuffer(0), timestampMs: 0, targets, milliseconds: 0 };
  let frameInMemory = new Uint8Array(wasm.memory.buffer, wasm.frameBuffer(), frameBytes);

  function addTarget(markerFile: ArrayBuffer): TargetInfo {
    const address = wasm.markerBuffer(markerFile.byteLength);
    if (address === 0) throw new MarkerFileError('The marker file is too large to be one.');
    new Uint8Array(wasm.memory.buffer, address, markerFile.byteLength).set(new Uint8Array(markerFile));
    const index = wasm.addTarget(markerFile.byteLength);
    if (index < 0) throw new MarkerFileError('The marker file is damaged, or of a version this tracker does not read.');

    // Adding a target may grow the memory, which detaches every view of it.
    frameInMemory = new Uint8Array(wasm.memory.buffer, wasm.frameBuffer(), frameBytes);
    targets.push({ target: index, state: 'searching', matrix: new Float32Array(16), corners: new Float32Array(8) });
    for (let i = 0; i < targets.length; i++) {
      const at = wasm.targetResult(i);
      inMemory[i] = {
        matrix: new Float32Array(wasm.memory.buffer, at + MATRIX_OFFSET, 16),
        corners: new Float32Array(wasm.memory.buffer, at + CORNERS_OFFSET, 8),
      };
    }
    return { index, widthPx: wasm.targetWidthPx(index), heightPx: wasm.targetHeightPx(index) };
  }

  let rgbaView = new Uint8Array(0);
  let stateView = new DataView(wasm.memory.buffer);

  function track(frame: CameraFrame): FrameResult {
    if (frame.rgba.byteLength !== frameBytes) {
      throw new RangeError(`A frame has ${frameBytes} bytes, not ${frame.rgba.byteLength}.`);
    }
    if (rgbaView.buffer !== frame.rgba) rgbaView = new Uint8Array(frame.rgba);
    if (stateView.buffer !== wasm.memory.buffer) stateView = new DataView(wasm.memory.buffer);
    const start = performance.now();
    frameInMemory.set(rgbaView);
    wasm.track(frame.timestampMs);
    result.milliseconds = performance.now() - start;
    result.rgba = frame.rgba;
    result.timestampMs = frame.timestampMs;
    for (let i = 0; i < targets.length; i++) {
      const pose = targets[i]!;
      const seen = inMemory[i]!;
      pose.state = STATES[stateView.getUint32(wasm.targetResult(i), true)]!;
      pose.matrix.set(seen.matrix);
      pose.corners.set(seen.corners);
    }
    return result;
  }

  return { addTarget, track };
}
