/// <reference lib="webworker" />
import { createTrackerCore, type TrackerCore } from './core.ts';
import { numbersOf, packResult, unpackFrame } from './frame-packet.ts';
import { MarkerFileError, type CameraFrame, type DeviceTurn } from './types.ts';
import type { FromWorker, Request, ToWorker } from './worker-messages.ts';

declare const self: DedicatedWorkerGlobalScope;

let core: TrackerCore | undefined;
let targets = 0;
// Used again for every frame.
const turn: DeviceTurn = { alphaDeg: 0, betaDeg: 0, gammaDeg: 0, screenAngleDeg: 0, timestampMs: 0 };
const frame: CameraFrame = { rgba: new ArrayBuffer(0), timestampMs: 0 };
const transfer: ArrayBuffer[] = [];

async function start({ options, wasmUrl }: Extract<Request, { kind: 'start' }>): Promise<FromWorker> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`The tracker could not be loaded (${response.status}).`);
  core = await createTrackerCore(await response.arrayBuffer(), options);
  return { kind: 'started' };
}

function answer(by: TrackerCore, request: Exclude<Request, { kind: 'start' }>): FromWorker {
  if (request.kind === 'setCamera') {
    by.setCamera(request.options);
    return { kind: 'cameraSet' };
  }
  const target = by.addTarget(request.markerFile, request.options);
  targets++;
  return { kind: 'added', target };
}

function track(by: TrackerCore, packet: ArrayBuffer): void {
  const numbers = numbersOf(packet, targets);
  frame.rgba = packet;
  unpackFrame(numbers, frame, turn);
  packResult(by.track(frame), numbers);
  transfer[0] = packet;
  self.postMessage(packet, transfer);
}

function reply(message: FromWorker): void {
  self.postMessage(message);
}

function replyFailed(error: unknown): void {
  reply({ kind: 'failed', reason: error instanceof Error ? error.message : String(error), damagedMarker: error instanceof MarkerFileError });
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (!(data instanceof ArrayBuffer) && data.kind === 'start') return void start(data).then(reply, replyFailed);
  try {
    if (core === undefined) throw new Error('The tracker was not started.');
    if (data instanceof ArrayBuffer) track(core, data);
    else reply(answer(core, data as Exclude<Request, { kind: 'start' }>));
  } catch (error) {
    replyFailed(error);
  }
};
