import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Heaps } from '../e2e/support/viewer-memory.ts';
import { measureEndurance } from '../e2e/support/viewer-endurance.ts';
import { buildMarkerTool } from '../web/tracking/compile-markers.ts';

// ./bench viewer [--frames N] [--cycles N] [--json FILE]
//
// What a long visit does to a phone's memory: the built viewer in Chromium with a fake camera, the real tracker in its
// worker. Heaps are read after garbage collection; allocations come from the browser's sampling profiler, which counts
// what was collected since, too, in our functions and in the browser's that they call.

const { values: options } = parseArgs({
  options: { frames: { type: 'string', default: '10000' }, cycles: { type: 'string', default: '50' }, json: { type: 'string' } },
});

await buildMarkerTool();
const figures = await measureEndurance({ frames: Number(options.frames), cycles: Number(options.cycles) }, (what) => console.error(what));

const kB = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;
const line = (what: string, { before, after }: { before: Heaps; after: Heaps }): void => {
  for (const thread of ['page', 'worker'] as const) {
    const [from, to] = [before[thread], after[thread]];
    console.log(`${what}, ${thread}: objects ${kB(from.script)} → ${kB(to.script)} (${kB(to.script - from.script)}), outside of the heap ${kB(from.outside)} → ${kB(to.outside)}`);
  }
};
const { page, worker } = figures.allocatedPerFrame;
console.log(`allocated by our scripts: ${Math.round(page + worker)} bytes a frame (page ${Math.round(page)}, worker ${Math.round(worker)}; goal ≤ 1024)`);
for (const [name, bytes] of [...figures.mostAllocated.page, ...figures.mostAllocated.worker]) console.log(`  ${String(bytes).padStart(9)}  ${name}`);
line(`${figures.frames} frames`, figures.overFrames);
line(`${figures.cycles} times camera released and taken`, figures.overCycles);

if (options.json !== undefined) {
  await mkdir(path.dirname(options.json), { recursive: true });
  await writeFile(options.json, JSON.stringify(figures, null, 2));
}
