import { numbersOf, packetBytes, packFrame, unpackResult } from './frame-packet.ts';
import { MarkerFileError, type FrameResult, type Tracker, type TrackerOptions } from './types.ts';
import type { FromWorker, Request } from './worker-messages.ts';

/**
 * Starts the tracker in a worker of its own.
 * @throws Error when the worker or its WebAssembly can't be loaded, RangeError's text when the frame's size is unusable.
 */
export async function createTracker(options: TrackerOptions): Promise<Tracker> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const waiting: { resolve(answer: FromWorker | FrameResult): void; reject(reason: Error): void }[] = [];

  let ended: Error | undefined;
  let frameBytes = bytesOf(options);
  // Used again for every frame.
  const result: FrameResult = { rgba: new ArrayBuffer(0), timestampMs: 0, focalPx: 0, targets: [], milliseconds: 0 };
  const transfer: ArrayBuffer[] = [];
  let numbers = new Float64Array(0);

  function fail(reason: Error): void {
    ended = reason;
    worker.terminate();
    for (const call of waiting.splice(0)) call.reject(reason);
  }

  function tracked(packet: ArrayBuffer): FrameResult {
    result.rgba = packet;
    numbers = numbersOf(packet, result.targets.length);
    unpackResult(numbers, result);
    return result;
  }

  worker.onmessage = (event: MessageEvent<FromWorker>) => {
    const call = waiting.shift();
    const answer = event.data;
    if (answer instanceof ArrayBuffer) call?.resolve(tracked(answer));
    else if (answer.kind !== 'failed') call?.resolve(answer);
    else call?.reject(answer.damagedMarker ? new MarkerFileError(answer.reason) : new Error(answer.reason));
  };
  worker.onerror = (event) => fail(new Error(event.message || 'The tracker could not be loaded.'));

  const wait = (resolve: (answer: FromWorker | FrameResult) => void, reject: (reason: Error) => void) => void waiting.push({ resolve, reject });

  function ask(request: Request): Promise<FromWorker | FrameResult> {
    if (ended !== undefined) return Promise.reject(ended);
    worker.postMessage(request);
    return new Promise(wait);
  }

  const wasmUrl = new URL('../build/tracker.wasm', import.meta.url).href;
  try {
    await ask({ kind: 'start', options, wasmUrl });
  } catch (error) {
    fail(error as Error);
    throw error;
  }

  return {
    async addTarget(markerFile, targetOptions) {
      const answer = await ask({ kind: 'addTarget', markerFile, options: targetOptions });
      if (!('kind' in answer && answer.kind === 'added')) throw new Error('The tracker answered something else.');
      result.targets.push({ target: answer.target.index, state: 'searching', matrix: new Float32Array(16), corners: new Float32Array(8) });
      return answer.target;
    },
    async setCamera(camera) {
      await ask({ kind: 'setCamera', options: camera });
      frameBytes = bytesOf(camera);
    },
    track(frame) {
      if (ended !== undefined) return Promise.reject(ended);
      const bytes = packetBytes(frameBytes, result.targets.length);
      let packet = frame.rgba;
      if (packet.byteLength !== bytes) {
        packet = new ArrayBuffer(bytes);
        new Uint8Array(packet).set(new Uint8Array(frame.rgba, 0, frameBytes));
      }
      if (numbers.buffer !== packet) numbers = numbersOf(packet, result.targets.length);
      packFrame(frame, numbers);
      transfer[0] = packet;
      worker.postMessage(packet, transfer);
      return new Promise(wait) as Promise<FrameResult>;
    },
    dispose() {
      fail(new Error('The tracker was disposed.'));
    },
  };
}

function bytesOf({ frameWidthPx, frameHeightPx }: TrackerOptions): number {
  return frameWidthPx * frameHeightPx * 4;
}
