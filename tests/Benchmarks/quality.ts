import { fork } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildMarkerTool } from '../web/tracking/compile-markers.ts';
import { areaUnderCurve, type AreaUnderCurve } from './Quality/area-under-curve.ts';
import { DEGRADATION_NAMES, VIEW_COUNT } from './Quality/degraded-views.ts';
import { findPhotographs, type PhotographFile } from './Quality/find-photographs.ts';
import { fitShares, logistic } from './Quality/fit.ts';
import { PHOTOGRAPHS } from './Quality/photograph-list.ts';
import type { Batch, Row } from './Quality/try-photographs.ts';

// ./bench quality [--images FILE,FILE…] [--crops N] [--reuse FILE] [--fit] [--json FILE]
//
// Does the quality score say beforehand whether a picture will be found? Compiles crops of photographs, asks the tracker
// for each in forty degraded views, and prints the area under the ROC curve of "found in at least half of them", on the
// photographs whose hash keeps them out of the fit. Synthetic views are not a phone.
//   --reuse FILE  detections of an earlier run, from its JSON: only the score is computed anew
//   --fit         also fits the score's weights on the training side and prints them

const { values: options } = parseArgs({
  options: {
    images: { type: 'string', default: PHOTOGRAPHS.join(',') },
    crops: { type: 'string', default: '3' },
    reuse: { type: 'string' },
    fit: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const PHOTOGRAPHS_A_BATCH = 3;
const began = Date.now();

const photographs = await findPhotographs(options.images.split(','));
const known: Record<string, number[]> = {};
if (options.reuse !== undefined) {
  for (const row of (JSON.parse(await readFile(options.reuse, 'utf8')) as { rows: Row[] }).rows) known[row.name] = row.found;
}
await buildMarkerTool();
console.log(`${photographs.length} photographs, ${options.crops} crops each and some generated pictures, ${VIEW_COUNT} views a picture; synthetic views are not a phone`);
const rows = await tryAll(photographs);

/** All photographs, a few at a time in each of as many processes as there are cores. */
async function tryAll(all: readonly PhotographFile[]): Promise<Row[]> {
  const batches: PhotographFile[][] = [];
  for (let i = 0; i < all.length; i += PHOTOGRAPHS_A_BATCH) batches.push(all.slice(i, i + PHOTOGRAPHS_A_BATCH));
  const tried: Row[] = [];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const worker = fork(new URL('./Quality/try-photographs.ts', import.meta.url));
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        tried.push(...(await ask(worker, { photographs: batch, crops: Number(options.crops), known })));
        if (process.stderr.isTTY) process.stderr.write(`\r${tried.length} pictures `);
      }
      worker.kill();
    }),
  );
  return tried.sort((a, b) => a.name.localeCompare(b.name));
}

function ask(worker: ReturnType<typeof fork>, batch: Batch): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`A process ended early (${code}).`));
    worker.once('exit', ended);
    worker.once('message', (answer) => {
      worker.off('exit', ended);
      resolve(answer as Row[]);
    });
    worker.send(batch);
  });
}

const share = (row: Row): number => row.found.reduce((sum, count) => sum + count, 0) / VIEW_COUNT;
const select = (side: Row['side'], kind: Row['kind'][]): Row[] => rows.filter((row) => row.side === side && kind.includes(row.kind));
const judge = (selected: Row[], score = (row: Row): number => row.score): AreaUnderCurve =>
  areaUnderCurve(selected.map((row) => ({ score: score(row), detected: share(row) >= 0.5, group: row.photograph })));

const results = {
  'photographs, held out': judge(select('held out', ['photograph'])),
  'generated, held out': judge(select('held out', ['generated'])),
  'photographs and generated, held out': judge(select('held out', ['photograph', 'generated'])),
  'photographs, training side': judge(select('training', ['photograph'])),
};
console.log('\n                                       AUC   95 % interval   pictures   of them detected   photographs');
for (const [name, r] of Object.entries(results)) {
  console.log(
    name.padEnd(36) + r.auc.toFixed(3).padStart(6) + `${r.low.toFixed(3)}–${r.high.toFixed(3)}`.padStart(16) +
      String(r.pictures).padStart(11) + String(r.detected).padStart(19) + String(r.groups).padStart(14),
  );
}
console.log('\nmean share of views found, by degradation, photographs of both sides:');
const shown = rows.filter((row) => row.kind === 'photograph');
DEGRADATION_NAMES.forEach((name, i) => {
  const mean = shown.reduce((sum, row) => sum + row.found[i]!, 0) / shown.length / (VIEW_COUNT / DEGRADATION_NAMES.length);
  console.log(`  ${name.padEnd(18)} ${(100 * mean).toFixed(0)} %`);
});
console.log('\nscore of the held-out photographs, and how many of them are found in half of the views:');
for (let low = 0; low < 100; low += 20) {
  const within = select('held out', ['photograph']).filter((row) => row.score >= low && (row.score < low + 20 || (low === 80 && row.score === 100)));
  console.log(`  ${String(low).padStart(2)}–${low === 80 ? 100 : low + 19}   ${within.filter((row) => share(row) >= 0.5).length} of ${within.length}`);
}

if (options.fit) {
  const training = select('training', ['photograph', 'generated']);
  const names = Object.keys(training[0]!.signals);
  const values = (row: Row): number[] => names.map((name) => row.signals[name]!);
  const { bias, weights } = fitShares(training.map(values), training.map(share));
  const forecast = (row: Row): number => logistic(values(row).reduce((sum, value, j) => sum + value * weights[j]!, bias));
  console.log(`\nfitted on ${training.length} pictures of the training side: bias ${bias.toFixed(3)}, ${names.map((name, j) => `${name} ${weights[j]!.toFixed(3)}`).join(', ')}`);
  console.log(`with them, AUC of the photographs: training side ${judge(select('training', ['photograph']), forecast).auc.toFixed(3)}, held out ${judge(select('held out', ['photograph']), forecast).auc.toFixed(3)}`);
}

const seconds = (Date.now() - began) / 1000;
console.log(`\n${rows.length} pictures in ${(seconds / 60).toFixed(1)} minutes${options.reuse === undefined ? '' : ', detections reused'}`);
if (options.json !== undefined) {
  await mkdir(path.dirname(options.json), { recursive: true });
  await writeFile(options.json, JSON.stringify({ views: VIEW_COUNT, degradations: DEGRADATION_NAMES, photographs: photographs.map(({ file, hash, side }) => ({ file, hash, side })), results, seconds, rows }, null, 1));
}
