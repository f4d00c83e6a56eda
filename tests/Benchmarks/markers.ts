import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { buildMarkerTool, compileMarkers } from '../web/tracking/compile-markers.ts';
import { loadPhotographs, PHOTOGRAPHS_FOLDER } from '../web/tracking/photographs.ts';
import { percentile } from '../web/tracking/run-sequence.ts';
import { openArena } from './Tracking/arena.ts';
import { compileMindInNode } from './Tracking/mindar-in-node.ts';

// ./bench markers [--images DIR] [--quick | --full] [--json FILE]
//
// The C# marker compiler, and MindAR 1.2.5's in Chromium and in Node, on the same pictures, 1,000 px on the long side.
// All are warm: each has compiled one picture before that doesn't count. Ours runs once before the others and once
// after them, and the mean of the two counts. MindAR's in Node takes so long that it gets every fourth picture, with --full all.

const { values: options } = parseArgs({
  options: {
    images: { type: 'string', default: PHOTOGRAPHS_FOLDER },
    full: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    json: { type: 'string', default: 'artifacts/bench/markers.json' },
  },
});

interface Compiled {
  milliseconds: number;
  bytes: number;
  gzip: number;
}
interface Row {
  picture: string;
  widthPx: number;
  heightPx: number;
  ours: Compiled;
  mindarInBrowser: Compiled;
  mindarInNode?: Compiled;
}

const loadBefore = loadavg()[0]!;
const all = await loadPhotographs(options.images);
const photographs = options.quick ? all.slice(0, 4) : all;
if (photographs.length === 0) throw new Error(`${options.images} holds no photographs.`);
await buildMarkerTool();
const compileOurs = () => compileMarkers(photographs.map(({ markerImage }) => markerImage));
const before = await compileOurs();

const arena = await openArena();
async function inBrowser({ width, height, pixels }: (typeof photographs)[number]['markerImage']): Promise<Compiled> {
  arena.files.set('/picture', pixels);
  const { milliseconds } = await arena.compileMind('/picture', width, height, '/compiled.mind');
  return sized(arena.files.get('/compiled.mind')!, milliseconds);
}
const sized = (file: Uint8Array, milliseconds: number): Compiled => ({ milliseconds, bytes: file.length, gzip: gzipSync(file).length });

console.log(`${photographs.length} pictures of ${options.images}, Chromium ${arena.browser}, load ${loadBefore.toFixed(1)}; MindAR's browser compiler computes on a software GPU here\n`);
console.log('picture                size          ours, C#               MindAR, Chromium          MindAR, Node');
await inBrowser(photographs[0]!.markerImage);
await compileMindInNode(photographs[0]!.markerImage);
const others: Pick<Row, 'mindarInBrowser' | 'mindarInNode'>[] = [];
for (const [i, { markerImage }] of photographs.entries()) {
  const node = options.full || i % 4 === 0 ? await compileMindInNode(markerImage) : undefined;
  others.push({ mindarInBrowser: await inBrowser(markerImage), ...(node && { mindarInNode: sized(node.file, node.milliseconds) }) });
}
await arena.close();
const after = await compileOurs();
const rows: Row[] = photographs.map(({ name, markerImage: { width, height } }, i) => ({
  picture: name, widthPx: width, heightPx: height,
  ours: sized(new Uint8Array(before[i]!.file), (before[i]!.milliseconds + after[i]!.milliseconds) / 2),
  ...others[i]!,
}));

const cell = (c: Omit<Compiled, 'gzip'> | undefined): string => (c === undefined ? '–' : `${c.milliseconds.toFixed(0)} ms, ${(c.bytes / 1000).toFixed(1)} kB`);
for (const row of rows) {
  console.log(row.picture.padEnd(23) + `${row.widthPx}×${row.heightPx}`.padEnd(14) + cell(row.ours).padEnd(23) + cell(row.mindarInBrowser).padEnd(26) + cell(row.mindarInNode));
}

const WHO = ['ours', 'mindarInBrowser', 'mindarInNode'] as const;
const summary = Object.fromEntries(WHO.map((who) => {
  const measured = rows.filter((row) => row[who] !== undefined);
  const middle = (pick: (compiled: Compiled, row: Row) => number): number => percentile(measured.map((row) => pick(row[who]!, row)), 0.5);
  return [who, {
    pictures: measured.length,
    milliseconds: middle((c) => c.milliseconds),
    bytes: middle((c) => c.bytes),
    mostBytes: Math.max(...measured.map((row) => row[who]!.bytes)),
    /** Medians of the pictures' ratios. */
    timesOurTime: middle((c, row) => c.milliseconds / row.ours.milliseconds),
    timesOurBytes: middle((c, row) => c.bytes / row.ours.bytes),
  }];
}));
console.log('\nmedian'.padEnd(38) + cell(summary.ours).padEnd(23) + cell(summary.mindarInBrowser).padEnd(26) + cell(summary.mindarInNode));
for (const who of ['mindarInBrowser', 'mindarInNode'] as const) {
  console.log(`${who}: ${summary[who]!.timesOurTime.toFixed(1)} × our time and ${summary[who]!.timesOurBytes.toFixed(1)} × our bytes, median of the pictures' ratios`);
}

await mkdir(path.dirname(options.json), { recursive: true });
await writeFile(options.json, JSON.stringify({
  at: new Date().toISOString(), browser: arena.browser, processors: cpus().length, processor: cpus()[0]?.model, loadBefore, loadAfter: loadavg()[0], summary, pictures: rows,
}, null, 2));
