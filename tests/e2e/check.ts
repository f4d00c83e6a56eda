// ./run --check: the whole main job against the real app on an empty temporary data folder, a line a step.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMainJob } from './main-job.ts';
import { startApp, type RunningApp } from './support/app.ts';

const line = (name: string, milliseconds: number, note = '') =>
  console.log(`  ✓ ${name.padEnd(44)}${(milliseconds / 1000).toFixed(2).padStart(7)} s  ${note}`);

const commandBegan = Number(process.env.PORTICO_STARTED_MS ?? Date.now());
const dataPath = await mkdtemp(join(tmpdir(), 'portico-check-'));
let app: RunningApp | undefined;
let failed = false;
try {
  app = await startApp({ dataPath });
  line('from the command to ready, set-up included', Date.now() - commandBegan);
  line('of that, the app itself', app.readyMs);
  await app.stop();
  app = await startApp({ dataPath });
  line('ready again, second start', app.readyMs);
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
  console.error(`\n  ✗ ${failure instanceof Error ? failure.message : String(failure)}`);
  if (app) console.error(`\nThe app's last words:\n${app.output().split('\n').slice(-25).join('\n')}`);
} finally {
  await app?.stop();
  await rm(dataPath, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
process.exit(failed ? 1 : 0);
