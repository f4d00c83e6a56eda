import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Asset, Page, ProgressMessage, Project, Session } from '../../static-webxr/shared/api.ts';
import { startApp, type RunningApp } from './support/app.ts';
import { startAzurite, type Azurite } from './support/azurite.ts';
import { Campaigner } from './support/campaign.ts';

// The ingest of a picture and of a clip, with the app killed (SIGKILL) at every commit and every blob written,
// then started again: the end must be that of an undisturbed run. The app names those instants through
// FaultPoint; Azurite lives outside of the app, so it survives. What is "before" an effect leaves the same state as
// what is after the one before it, so the short run kills after every effect; ./test full kills before each too.

const full = process.env.PORTICO_TEST_FULL === '1';
const workers = 3;

let folder: string;
let azurite: Azurite;
const credentials = { email: 'crash@example.com', password: `correct horse ${crypto.randomUUID()}` };
let session: Session;
let project: Project;
/** A blob account for each run, so that no run sweeps up what another has uploaded. */
let blobAccounts: string[];
const files = {} as Record<'image' | 'video', { path: string; contentType: string }>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-crash-'));
  await mkdir(join(folder, 'azurite'));
  azurite = await startAzurite(join(folder, 'azurite'), full ? 800 : 200);
  blobAccounts = [...azurite.connectionStrings];

  files.image = { path: join(folder, 'picture.png'), contentType: 'image/png' };
  const noise = Buffer.from(Array.from({ length: 160 * 120 * 3 }, (_, i) => (i * 7919 + ((i * i) % 251) * 31) % 256));
  await sharp(noise, { raw: { width: 160, height: 120, channels: 3 } }).resize(320, 240, { kernel: 'nearest' }).png().toFile(files.image.path);
  files.video = { path: join(folder, 'clip.mp4'), contentType: 'video/mp4' };
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=160x120:d=1:r=10', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', files.video.path]);

  // The account and the project are made once; each run starts from a copy of this data folder.
  const app = await start(join(folder, 'base'), blobAccounts.pop()!);
  const campaigner = await Campaigner.register(app.origin, 'crash', credentials);
  session = campaigner.session;
  project = await campaigner.createProject('Crash');
  await app.stop();
}, 120_000);

afterAll(async () => {
  await azurite?.stop();
  if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

for (const kind of ['image', 'video'] as const) {
  test(`an ${kind} ingest that is killed at any commit or side effect ends as if nothing had happened`, { timeout: 600_000 }, async () => {
    const log = join(folder, `${kind}-points.log`);
    const undisturbed = await ingest(kind, 'undisturbed', { PORTICO_FAULT_LOG: log });
    expect(undisturbed.asset.status).toBe('ready');
    expect(undisturbed.messages.at(-1)?.status).toBe('ready');
    const points = (await readFile(log, 'utf8')).trim().split('\n');
    expect(points.filter((name) => name.startsWith('blob.')).length).toBeGreaterThan(2);
    expect(points.filter((name) => name.startsWith('sqlite.durable.')).length).toBeGreaterThan(10);

    // What starting writes is not ingest's.
    const begun = undisturbed.pointsBeforeUpload;
    const numbered = points.map((name, index) => ({ name, number: index + 1 }));
    const effects = numbered.filter(({ name, number }) => number > begun && (name.endsWith('.after') || name === 'hub.sent'));
    // Messages in a row leave the same state behind, since none is kept: after the last of them stands for all.
    // Up to the first blob that ingest writes, a clip goes the way of a picture, which is killed all along it.
    const ownWay = kind === 'image' ? 0 : points.indexOf('blob.pin.before');
    const chosen = full ? numbered : effects.filter(({ name, number }, i) => number > ownWay && (name !== 'hub.sent' || effects[i + 1]?.name !== 'hub.sent'));
    const differing: string[] = [];
    const unreached: number[] = [];
    const queue = [...chosen];
    await Promise.all(
      Array.from({ length: workers }, async () => {
        for (let point = queue.shift(); point; point = queue.shift()) {
          const outcome = await ingest(kind, `kill-${point.number}`, { PORTICO_FAULT_KILL: String(point.number) });
          if (!outcome.died) unreached.push(point.number);
          for (const [part, should] of Object.entries(undisturbed.state)) {
            const is = outcome.state[part];
            if (JSON.stringify(is) !== JSON.stringify(should)) {
              differing.push(`point ${point.number} (${point.name}), ${part}:\n  is     ${JSON.stringify(is)}\n  should ${JSON.stringify(should)}`);
            }
          }
        }
      }),
    );
    console.log(`${kind}: ${points.length} points, ${chosen.length - unreached.length} kills, ${differing.length} ended differently`);
    expect(differing.join('\n')).toBe('');
    // Progress is told by the clock and commits merge by chance, so a run may end before a late number is reached.
    expect(unreached.length).toBeLessThan(chosen.length / 2);
  });
}

interface Outcome {
  died: boolean;
  asset: Asset;
  messages: ProgressMessage[];
  /** How many points the log of this run held before the file was announced. */
  pointsBeforeUpload: number;
  /** What a person can see at the end, without ids and times, and every blob of the project. */
  state: Record<string, unknown>;
}

async function ingest(kind: 'image' | 'video', name: string, fault: Record<string, string>): Promise<Outcome> {
  const blobs = blobAccounts.pop()!;
  const dataPath = join(folder, `${kind}-${name}`);
  await cp(join(folder, 'base'), dataPath, { recursive: true });
  let app = await start(dataPath, blobs, fault).catch(() => undefined);
  let died = false;
  const messages: ProgressMessage[] = [];
  let pointsBeforeUpload = 0;
  try {
    let asset: Asset | undefined;
    for (let life = 0; life < 3; life++) {
      if (!app) {
        died = true;
        app = await start(dataPath, blobs);
      }
      try {
        const campaigner = await signIn(app);
        const watch = await campaigner.watch(project.id, messages);
        // As the portal would: what was acknowledged isn't sent again; what wasn't is, under the same key.
        if (!asset) {
          const { items } = await campaigner.call<Page<Asset>>('GET', `/projects/${project.id}/assets`);
          asset = items.find((item) => item.status !== 'awaitingUpload');
          if (fault.PORTICO_FAULT_LOG) pointsBeforeUpload = (await readFile(fault.PORTICO_FAULT_LOG, 'utf8').catch(() => '')).split('\n').length - 1;
          asset ??= await campaigner.upload(project.id, files[kind].path, files[kind].contentType, name);
        }
        const settled = await campaigner.settled(asset.id, 40_000);
        // The message follows the document; told twice is fine, told wrongly is not.
        if (!died) await expect.poll(() => messages.at(-1)?.status, { timeout: 10_000 }).toBe('ready');
        await watch.stop();
        const wrong = messages.filter(({ assetId, status }) => assetId !== settled.id || status === 'failed');
        return { died, asset: settled, messages, pointsBeforeUpload, state: { ...(await visibleState(campaigner, settled, blobs)), wrong } };
      } catch (failure) {
        // The connection breaks a moment before the end of the process is known.
        if (!(await app.endsWithin(3000))) throw failure;
        app = undefined;
      }
    }
    throw new Error('the app died again although no fault was set');
  } finally {
    await app?.stop();
    await rm(dataPath, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** The keys are the base folder's, so one sign-in serves every run until its token is old. */
async function signIn(app: RunningApp): Promise<Campaigner> {
  if (Date.parse(session.expiresAt) - Date.now() < 120_000) session = (await Campaigner.login(app.origin, credentials.email, credentials.password)).session;
  return Campaigner.resume(app.origin, session);
}

async function visibleState(campaigner: Campaigner, asset: Asset, blobAccount: string): Promise<Record<string, unknown>> {
  const marker = asset.markerId ? await campaigner.call<object>('GET', `/markers/${asset.markerId}`) : null;
  const { items } = await campaigner.call<Page<Asset>>('GET', `/projects/${project.id}/assets`);
  const text = JSON.stringify({ asset, marker });
  const urls = [...new Set([...text.matchAll(/"url":"([^"]+)"/g)].map((match) => match[1]!))].sort();
  const served = await Promise.all(urls.map(async (url) => `${url.split('/').at(-1)} ${(await fetch(new URL(url, campaigner.origin))).status}`));
  const blobs: string[] = [];
  for (const container of ['uploads', 'private', 'public']) {
    const listed = BlobServiceClient.fromConnectionString(blobAccount).getContainerClient(container).listBlobsFlat({ prefix: `${project.id}/` });
    for await (const { name, properties } of listed) blobs.push(`${container} ${name.replace(project.id, 'project').replace(asset.id, 'asset')} ${properties.contentLength}`);
  }
  const normal = JSON.parse(text, (key, value: unknown) => (/^(id|.*Id|createdAt|updatedAt|url|path|eTag)$/.test(key) ? undefined : value)) as unknown;
  return { normal, served, blobs, assets: items.length };
}

function start(dataPath: string, blobAccount: string, fault: Record<string, string> = {}): Promise<RunningApp> {
  // In a life of two seconds nothing is worth compiling twice: a quarter less CPU.
  return startApp({ dataPath, environment: { AzureWebJobsStorage: blobAccount, DOTNET_TC_CallCountingDelayMs: 'FFFFFF', ...fault } });
}
