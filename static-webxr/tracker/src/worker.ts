/// <reference lib="webworker" />
import { createTrackerCore, type TrackerCore } from './core.ts';
import { MarkerFileError } from './types.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

declare const self: DedicatedWorkerGlobalScope;

let core: TrackerCore | undefined;

async function answer(message: ToWorker): Promise<FromWorker> {
  if (message.kind === 'start') {
    const response = await fetch(message.wasmUrl);
    if (!response.ok) throw new Error(`The tracker could not be loaded (${response.status}).`);
    core = await createTrackerCore(await response.arrayBuffer(), message.options);
    return { kind: 'started' };
  }
  if (core === undefined) throw new Error('The tracker was not started.');
  switch (message.kind) {
    case 'addTarget':
      return { kind: 'added', target: core.addTarget(message.markerFile, message.options) };
    case 'setCamera':
      core.setCamera(message.options);
      return { kind: 'cameraSet' };
    case 'track':
      return { kind: 'tracked', result: core.track(message) };
  }
}

function reply(message: FromWorker): void {
  self.postMessage(message, message.kind === 'tracked' ? [message.result.rgba] : []);
}

self.onmessage = (event: MessageEvent<ToWorker>) => {
  answer(event.data).then(reply, (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    reply({ kind: 'failed', reason, damagedMarker: error instanceof MarkerFileError });
  });
};
