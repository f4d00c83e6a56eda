import { cameraRotation } from './device-turn.ts';
import { TARGET_STATES } from './frame-packet.ts';
import { focalLengthPx } from './projection.ts';
import {
  MarkerFileError,
  type CameraFrame,
  type DeviceTurn,
  type FrameResult,
  type TargetInfo,
  type TargetOptions,
  type TargetPose,
  type TrackerOptions,
} from './types.ts';

/** The tracker in the calling thread: the same algorithm as behind {@link createTracker}, without a worker. */
export interface TrackerCore {
  /** @throws MarkerFileError as `Tracker.addTarget`; RangeError for a width that isn't one. */
  addTarget(markerFile: ArrayBuffer, options?: TargetOptions): TargetInfo;
  /** @throws RangeError when the size is unusable: the camera stays as it was. */
  setCamera(options: TrackerOptions): void;
  /**
   * Looks for every target in one frame. The result, its poses and their arrays are reused by the next call:
   * copy what must live longer.
   */
  track(frame: CameraFrame): FrameResult;
}

/** What assembly/index.ts exports. */
interface TrackerExports {
  memory: WebAssembly.Memory;
  setFrame(widthPx: number, heightPx: number, focalPx: number, known: boolean): void;
  /** Address of `widthPx * heightPx * 4` bytes. */
  frameBuffer(): number;
  /** Address of at least `bytes` bytes for a marker file, valid until `addTarget`; 0 when that is too many. */
  markerBuffer(bytes: number): number;
  /** The target's index, or −1 when the file can't be used. */
  addTarget(bytes: number): number;
  targetWidthPx(target: number): number;
  targetHeightPx(target: number): number;
  /** Camera to earth, row-major; valid for the next `track`. */
  turnCamera(
    r00: number, r01: number, r02: number, r10: number, r11: number, r12: number, r20: number, r21: number, r22: number,
  ): void;
  track(timestampMs: number): void;
  focalLengthPx(): number;
  /** Address of the target's result: u32 state, 16 × f32 matrix, 8 × f32 corners. */
  targetResult(target: number): number;
}

const MATRIX_OFFSET = 4;
const CORNERS_OFFSET = MATRIX_OFFSET + 16 * 4;
/** Sensors are read 10 to 60 times a second. */
const OLDEST_TURN_MS = 250;

/** @param wasmBytes build/tracker.wasm, or a module compiled from it. */
export async function createTrackerCore(
  wasmBytes: BufferSource | WebAssembly.Module,
  options: TrackerOptions,
): Promise<TrackerCore> {
  checkCamera(options);
  const module = wasmBytes instanceof WebAssembly.Module ? wasmBytes : await WebAssembly.compile(wasmBytes);
  const instance = await WebAssembly.instantiate(module);
  const wasm = instance.exports as unknown as TrackerExports;

  const targets: TargetPose[] = [];
  const widthsMetres: number[] = [];
  /** The same poses inside the module's memory: posting such a view to another thread would copy the whole memory. */
  const inMemory: { matrix: Float32Array; corners: Float32Array }[] = [];
  const result: FrameResult = { rgba: new ArrayBuffer(0), pixels: new Uint8Array(0), timestampMs: 0, focalPx: 0, targets, milliseconds: 0 };
  const rotation = new Float64Array(9);
  let frameBytes = 0;
  let frameInMemory = new Uint8Array(0);
  let stateView = new DataView(wasm.memory.buffer);
  let rgbaView = new Uint8Array(0);

  /** What may have grown the memory has detached every view of it. */
  function viewMemory(): void {
    frameInMemory = new Uint8Array(wasm.memory.buffer, wasm.frameBuffer(), frameBytes);
    stateView = new DataView(wasm.memory.buffer);
    for (let i = 0; i < targets.length; i++) {
      const at = wasm.targetResult(i);
      inMemory[i] = {
        matrix: new Float32Array(wasm.memory.buffer, at + MATRIX_OFFSET, 16),
        corners: new Float32Array(wasm.memory.buffer, at + CORNERS_OFFSET, 8),
      };
    }
  }

  function setCamera(camera: TrackerOptions): void {
    checkCamera(camera);
    wasm.setFrame(camera.frameWidthPx, camera.frameHeightPx, focalLengthPx(camera), camera.focalPx !== undefined);
    frameBytes = camera.frameWidthPx * camera.frameHeightPx * 4;
    viewMemory();
  }

  function addTarget(markerFile: ArrayBuffer, { widthMetres = 1 }: TargetOptions = {}): TargetInfo {
    if (!(widthMetres > 0 && widthMetres < Infinity)) throw new RangeError(`A picture can't be ${widthMetres} m wide.`);
    const address = wasm.markerBuffer(markerFile.byteLength);
    if (address === 0) throw new MarkerFileError('The marker file is too large to be one.');
    new Uint8Array(wasm.memory.buffer, address, markerFile.byteLength).set(new Uint8Array(markerFile));
    const index = wasm.addTarget(markerFile.byteLength);
    if (index >= 0) {
      targets.push({ target: index, state: 'searching', matrix: new Float32Array(16), corners: new Float32Array(8) });
      widthsMetres.push(widthMetres);
    }
    viewMemory();
    if (index < 0) throw new MarkerFileError('The marker file is damaged, or of a version this tracker does not read.');
    return { index, widthPx: wasm.targetWidthPx(index), heightPx: wasm.targetHeightPx(index) };
  }

  function track({ rgba, timestampMs, orientation }: CameraFrame): FrameResult {
    if (rgba.byteLength < frameBytes) {
      throw new RangeError(`A frame has ${frameBytes} bytes, not ${rgba.byteLength}.`);
    }
    if (rgbaView.buffer !== rgba || rgbaView.byteLength !== frameBytes) rgbaView = new Uint8Array(rgba, 0, frameBytes);
    const start = performance.now();
    frameInMemory.set(rgbaView);
    if (orientation !== undefined && isUsable(orientation, timestampMs)) {
      const r = rotation;
      cameraRotation(orientation, r);
      wasm.turnCamera(r[0]!, r[1]!, r[2]!, r[3]!, r[4]!, r[5]!, r[6]!, r[7]!, r[8]!);
    }
    wasm.track(timestampMs);
    result.milliseconds = performance.now() - start;
    result.rgba = rgba;
    result.pixels = rgbaView;
    result.timestampMs = timestampMs;
    result.focalPx = wasm.focalLengthPx();
    for (let i = 0; i < targets.length; i++) {
      const pose = targets[i]!;
      const seen = inMemory[i]!;
      pose.state = TARGET_STATES[stateView.getUint32(wasm.targetResult(i), true)]!;
      pose.matrix.set(seen.matrix);
      for (let k = 12; k < 15; k++) pose.matrix[k]! *= widthsMetres[i]!;
      pose.corners.set(seen.corners);
    }
    return result;
  }

  setCamera(options);
  return { addTarget, setCamera, track };
}

/** Angles are null or NaN on devices without the sensors. */
function isUsable({ alphaDeg, betaDeg, gammaDeg, screenAngleDeg, timestampMs }: DeviceTurn, nowMs: number): boolean {
  return Math.abs(nowMs - timestampMs) <= OLDEST_TURN_MS
    && Number.isFinite(alphaDeg) && Number.isFinite(betaDeg) && Number.isFinite(gammaDeg) && Number.isFinite(screenAngleDeg);
}

function checkCamera({ frameWidthPx, frameHeightPx, focalPx = 1 }: TrackerOptions): void {
  for (const side of [frameWidthPx, frameHeightPx]) {
    if (!Number.isInteger(side) || side % 16 !== 0 || side < 160 || side > 1920) {
      throw new RangeError(`Frame sides are multiples of 16 from 160 to 1920, not ${frameWidthPx}×${frameHeightPx}.`);
    }
  }
  if (!(focalPx > 0 && focalPx < Infinity)) throw new RangeError(`A focal length can't be ${focalPx} pixels.`);
}
