import { MarkerFileError, type Tracker, type TrackerOptions } from './types.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/**
 * Starts the tracker in a worker of its own.
 * @throws Error when the worker or its WebAssembly can't be loaded, RangeError's text when the frame's size is unusable.
 */
export async function createTracker(options: TrackerOptions): Promise<Tracker> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const waiting: { resolve(answer: FromWorker): void; reject(reason: Error): void }[] = [];

  let ended: Error | undefined;

  function fail(reason: Error): void {
    ended = reason;
    worker.terminate();
    for (const call of waiting.splice(0)) call.reject(reason);
  }

  worker.onmessage = (event: MessageEvent<FromWorker>) => {
    const call = waiting.shift();
    const answer = event.data;
    if (answer.kind !== 'failed') call?.resolve(answer);
    else call?.reject(answer.damagedMarker ? new MarkerFileError(answer.reason) : new Error(answer.reason));
  };
  worker.onerror = (event) => fail(new Error(event.message || 'The tracker could not be loaded.'));

  function ask<K extends FromWorker['kind']>(
    message: ToWorker,
    transfer: Transferable[],
    kind: K,
  ): Promise<Extract<FromWorker, { kind: K }>> {
    return new Promise((resolve, reject) => {
      if (ended !== undefined) {
        reject(ended);
        return;
      }
      waiting.push({
        resolve: (answer) => {
          if (answer.kind === kind) resolve(answer as Extract<FromWorker, { kind: K }>);
          else reject(new Error(`The tracker answered ${answer.kind} to ${message.kind}.`));
        },
        reject,
      });
      worker.postMessage(message, transfer);
    });
  }

  const wasmUrl = new URL('../build/tracker.wasm', import.meta.url).href;
  try {
    await ask({ kind: 'start', options, wasmUrl }, [], 'started');
  } catch (error) {
    fail(error as Error);
    throw error;
  }

  return {
    async addTarget(markerFile, targetOptions) {
      return (await ask({ kind: 'addTarget', markerFile, options: targetOptions }, [], 'added')).target;
    },
    async setCamera(camera) {
      await ask({ kind: 'setCamera', options: camera }, [], 'cameraSet');
    },
    async track({ rgba, timestampMs, orientation }) {
      return (await ask({ kind: 'track', rgba, timestampMs, orientation }, [rgba], 'tracked')).result;
    },
    dispose() {
      fail(new Error('The tracker was disposed.'));
    },
  };
}
