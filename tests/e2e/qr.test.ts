import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type RunningApp } from './support/app.ts';
import { Campaigner } from './support/campaign.ts';
import { readQrCode } from './support/qr.ts';

let folder: string;
let app: RunningApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-qr-'));
  app = await startApp();
}, 120_000);

afterAll(async () => {
  await app?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('the QR code of a link says its address, as SVG and as PNG', { timeout: 300_000 }, async () => {
  const picture = join(folder, 'picture.png');
  const noise = Buffer.from(Array.from({ length: 160 * 120 * 3 }, (_, i) => (i * 7919 + ((i * i) % 251) * 31) % 256));
  await sharp(noise, { raw: { width: 160, height: 120, channels: 3 } }).resize(320, 240, { kernel: 'nearest' }).png().toFile(picture);
  const clip = join(folder, 'clip.mp4');
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=160x120:d=1:r=10', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', clip]);

  const campaigner = await Campaigner.register(app.origin);
  const project = await campaigner.createProject('QR');
  const [image, video] = await Promise.all([campaigner.upload(project.id, picture, 'image/png'), campaigner.upload(project.id, clip, 'video/mp4')]);
  for (const asset of [image, video]) expect((await campaigner.settled(asset.id, 120_000)).status).toBe('ready');
  const link = await campaigner.createLink(project.id, 'QR', image.id, video.id);
  expect(link.url).toMatch(new RegExp(`/v/${link.code}$`));

  for (const [format, type] of [['svg', 'image/svg+xml'], ['png', 'image/png']] as const) {
    const answer = await fetch(new URL(link.qr[format], app.origin));
    expect(answer.headers.get('content-type')).toContain(type);
    expect(await readQrCode(Buffer.from(await answer.arrayBuffer())), format).toBe(link.url);
  }
  // The uploads' signatures gave rights to write: no log may keep them.
  expect(app.output()).not.toMatch(/[?&]sig=/);
});
