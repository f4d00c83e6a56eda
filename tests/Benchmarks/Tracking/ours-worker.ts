/// <reference lib="webworker" />
// Portico's tracker in a worker, as the viewer runs it. The module is compiled once for all sequences: a visitor's
// second frame finds the optimising compiler no further along than ours does.
import { createTrackerCore } from '@portico/tracker';
import { FRAME_PIXELS, type OursFrame, type OursRun } from './messages.ts';

declare const self: DedicatedWorkerGlobalScope;

let module: Promise<WebAssembly.Module> | undefined;

const load = async (path: string): Promise<ArrayBuffer> => (await fetch(path)).arrayBuffer();

async function run({ frames, markers, focalPx }: OursRun): Promise<OursFrame[]> {
  module ??= WebAssembly.compileStreaming(fetch('/tracker.wasm'));
  const tracker = await createTrackerCore(await module, { frameWidthPx: 640, frameHeightPx: 480, focalPx });
  for (const marker of markers) tracker.addTarget(await load(marker));

  const luma = new Uint8Array(await load(frames));
  const rgba = new Uint8ClampedArray(4 * FRAME_PIXELS).fill(255);
  const outcomes: OursFrame[] = [];
  for (let frame = 0; frame < luma.length / FRAME_PIXELS; frame++) {
    for (let i = 0, at = frame * FRAME_PIXELS; i < 4 * FRAME_PIXELS; i += 4, at++) rgba[i] = rgba[i + 1] = rgba[i + 2] = luma[at]!;
    const { targets, milliseconds } = tracker.track({ rgba: rgba.buffer, timestampMs: (1000 * frame) / 30 });
    outcomes.push({
      seen: targets.filter(({ state }) => state === 'tracking').map(({ target, corners }) => ({ target, corners: [...corners] })),
      milliseconds,
    });
  }
  return outcomes;
}

self.onmessage = (event: MessageEvent<OursRun>) => {
  run(event.data).then(
    (frames) => self.postMessage({ frames }),
    (error: unknown) => self.postMessage({ failure: String(error) }),
  );
};
