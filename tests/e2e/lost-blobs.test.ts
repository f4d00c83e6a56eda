import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Asset } from '../../static-webxr/shared/api.ts';
import { startApp, type RunningApp } from './support/app.ts';
import { startAzurite, type Azurite } from './support/azurite.ts';
import { Campaigner } from './support/campaign.ts';

// What a killed Azurite may have forgotten: blobs go missing while the app is down, and the app finds out at start.

let folder: string;
let azurite: Azurite;
let app: RunningApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-lost-'));
  await mkdir(join(folder, 'azurite'));
  azurite = await startAzurite(join(folder, 'azurite'));
  app = await start();
}, 120_000);

afterAll(async () => {
  await app?.stop();
  await azurite?.stop();
  if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

test('a picture whose published files are lost is made again from its source, and says so when that is lost too', { timeout: 600_000 }, async () => {
  const picture = join(folder, 'picture.png');
  const noise = Buffer.from(Array.from({ length: 160 * 120 * 3 }, (_, i) => (i * 7919 + ((i * i) % 251) * 31) % 256));
  await sharp(noise, { raw: { width: 160, height: 120, channels: 3 } }).resize(320, 240, { kernel: 'nearest' }).png().toFile(picture);
  const credentials = { email: 'lost@example.com', password: `correct horse ${crypto.randomUUID()}` };
  let campaigner = await Campaigner.register(app.origin, 'lost', credentials);
  const project = await campaigner.createProject('Lost');
  const uploaded = await campaigner.upload(project.id, picture, 'image/png');
  const ready = await campaigner.settled(uploaded.id, 150_000);
  expect(ready.status).toBe('ready');
  const url = urls(ready)[0]!;

  await app.stop();
  await remove('public', url.slice('/cdn/'.length));
  app = await start();
  campaigner = await Campaigner.login(app.origin, credentials.email, credentials.password);
  expect((await fetch(new URL(url, app.origin))).status).toBe(404);
  await expect.poll(async () => (await fetch(new URL(url, app.origin))).status, { timeout: 150_000, interval: 250 }).toBe(200);
  const again = await campaigner.settled(ready.id, 150_000);
  expect({ ...again, updatedAt: '' }).toEqual({ ...ready, updatedAt: '' });

  await app.stop();
  await remove('public', url.slice('/cdn/'.length));
  await remove('private', `${project.id}/${ready.id}/source`);
  await remove('uploads', `${project.id}/${ready.id}/source`);
  app = await start();
  campaigner = await Campaigner.login(app.origin, credentials.email, credentials.password);
  await expect.poll(async () => (await campaigner.asset(ready.id)).status, { timeout: 150_000, interval: 250 }).toBe('failed');
  expect((await campaigner.asset(ready.id)).failure?.code).toBe('asset.blob_lost');
});

function urls(asset: Asset): string[] {
  return [...JSON.stringify(asset).matchAll(/"url":"(\/cdn\/[^"]+)"/g)].map((match) => match[1]!);
}

async function remove(container: string, path: string): Promise<void> {
  const answer = await BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(container).deleteBlob(path);
  expect(answer.errorCode).toBeUndefined();
}

function start(): Promise<RunningApp> {
  return startApp({ dataPath: join(folder, 'data'), environment: { AzureWebJobsStorage: azurite.connectionString } });
}
