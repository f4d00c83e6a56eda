// ./run --check: the whole main job against the real app on an empty temporary data folder, a line a step.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMainJob } from './main-job.ts';
import { startApp, type AppOptions, type RunningApp } from './support/app.ts';

const line = (name: string, milliseconds: number, note = '') =>
  console.log(`  ✓ ${name.padEnd(44)}${(milliseconds / 1000).toFixed(2).padStart(7)} s  ${note}`);

const commandBegan = Number(process.env.PORTICO_STARTED_MS ?? Date.now());
const folder = await mkdtemp(join(tmpdir(), 'portico-check-'));
// Whatever anyone of us puts aside is in this folder, and goes with it.
process.env.TMPDIR = folder;
const dataPath = join(folder, 'data');

let interrupted = false;
let starting: Promise<RunningApp> | undefined;
const start = (options: AppOptions = {}) => {
  if (interrupted) throw new Error('interrupted');
  return (starting = startApp({ dataPath, ...options }));
};
let cleaning: Promise<void> | undefined;
const cleanUp = () =>
  (cleaning ??= (async () => {
    const app = await starting?.catch(() => undefined);
    await app?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  })());

for (const [signal, exitCode] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
  process.on(signal, () => {
    interrupted = true;
    void cleanUp().finally(() => process.exit(exitCode));
  });
}

let app: RunningApp | undefined;
let failed = false;
try {
  app = await start();
  line('from the command to ready, set-up included', Date.now() - commandBegan);
  line('of that, the app itself', app.readyMs);
  await app.stop();
  app = await start({ command: ['./run'] });
  line('ready again, second ./run', app.readyMs, '(goal ≤ 5 s)');
  const figures = await runMainJob(app, line);
  console.log(`
  upload → link               ${(figures.uploadToLinkMs / 1000).toFixed(1)} s       (goal ≤ 20 s; 12 MP JPEG and 10 s of 1080p)
  marker                      ${figures.markerBytes} bytes, quality ${figures.markerQuality}
  viewer to first AR frame    ${(figures.viewerBytesToFirstArFrame / 1024).toFixed(1)} kB compressed (goal ≤ 60 kB)
  link open → first AR frame  ${(figures.linkToFirstArFrameMs / 1000).toFixed(2)} s
  frames per second           ${figures.framesPerSecond.toFixed(1)}, tracking ${figures.trackMs.toFixed(1)} ms a frame
  video off its place by      ${figures.medianEdgeErrorPx.toFixed(1)} px (median over ${figures.sightings.length} screenshots)
  idle memory of the app      ${(figures.idleResidentBytes / 1e6).toFixed(0)} MB     (goal ≤ 200 MB)

The video was seen on the picture.`);
} catch (failure) {
  failed = true;
  if (interrupted) console.error('\n  interrupted');
  else console.error(`\n  ✗ ${failure instanceof Error ? failure.message : String(failure)}`);
  if (app && !interrupted) console.error(`\nThe app's last words:\n${app.output().split('\n').slice(-25).join('\n')}`);
} finally {
  await cleanUp();
}
// An interrupted run ends by its signal's handler.
if (!interrupted) process.exit(failed ? 1 : 0);
