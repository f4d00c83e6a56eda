import { numberCount, packFrame, unpackResult } from './frame-packet.ts';
import { MarkerFileError, type FrameResult, type Tracker, type TrackerOptions } from './types.ts';
import type { FromWorker, Request } from './worker-messages.ts';

/**
 * Starts the tracker in a worker of its own.
 * @throws Error when the worker or its WebAssembly can't be loaded, RangeError's text when the frame's size is unusable.
 */
export async function createTracker(options: TrackerOptions): Promise<Tracker> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const waiting: { resolve?(answer: FromWorker): void; found?(result: FrameResult): void; reject(reason: Error): void }[] = [];

  let ended: Error | undefined;
  let frameBytes = bytesOf(options);
  // Used again for every frame.
  const result: FrameResult = { rgba: new ArrayBuffer(0), pixels: new Uint8Array(0), timestampMs: 0, focalPx: 0, targets: [], milliseconds: 0 };
  const transfer: ArrayBuffer[] = [];
  const frameCall: (typeof waiting)[number] = { reject: () => undefined };
  /** The numbers of a packet, and their bytes: copied, as a view of each packet would be left behind. */
  let numbers = new Float64Array(numberCount(0));
  let numberBytes = new Uint8Array(numbers.buffer);

  function fail(reason: Error): void {
    ended = reason;
    worker.terminate();
    for (const call of waiting.splice(0)) call.reject(reason);
  }

  function tracked(packet: ArrayBuffer): FrameResult {
    result.rgba = packet;
    const pixels = (result.pixels = new Uint8Array(packet));
    for (let i = 0; i < numberBytes.length; i++) numberBytes[i] = pixels[frameBytes + i]!;
    unpackResult(numbers, result);
    return result;
  }

  worker.onmessage = (event: MessageEvent<FromWorker>) => {
    const call = waiting.shift();
    const answer = event.data;
    if (answer instanceof ArrayBuffer) call?.found?.(tracked(answer));
    else if (answer.kind !== 'failed') call?.resolve?.(answer);
    else call?.reject(answer.damagedMarker ? new MarkerFileError(answer.reason) : new Error(answer.reason));
  };
  worker.onerror = (event) => fail(new Error(event.message || 'The tracker could not be loaded.'));

  function ask(request: Request): Promise<FromWorker> {
    if (ended !== undefined) return Promise.reject(ended);
    worker.postMessage(request);
    return new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
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
      numbers = new Float64Array(numberCount(result.targets.length + 1));
      numberBytes = new Uint8Array(numbers.buffer);
      result.targets.push({ target: answer.target.index, state: 'searching', matrix: new Float32Array(16), corners: new Float32Array(8) });
      return answer.target;
    },
    async setCamera(camera) {
      await ask({ kind: 'setCamera', options: camera });
      frameBytes = bytesOf(camera);
    },
    track(frame, found, failed) {
      if (ended !== undefined) return failed(ended);
      let packet = result.pixels;
      if (packet.buffer !== frame.rgba || packet.byteLength !== frameBytes + numberBytes.length) {
        packet = new Uint8Array(frameBytes + numberBytes.length);
        packet.set(new Uint8Array(frame.rgba, 0, frameBytes));
      }
      packFrame(frame, numbers);
      for (let i = 0; i < numberBytes.length; i++) packet[frameBytes + i] = numberBytes[i]!;
      transfer[0] = packet.buffer;
      worker.postMessage(packet.buffer, transfer);
      frameCall.found = found;
      frameCall.reject = failed;
      waiting.push(frameCall);
    },
    dispose() {
      fail(new Error('The tracker was disposed.'));
    },
  };
}

function bytesOf({ frameWidthPx, frameHeightPx }: TrackerOptions): number {
  return frameWidthPx * frameHeightPx * 4;
}
