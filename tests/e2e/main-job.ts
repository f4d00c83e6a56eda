import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Manifest } from '../../static-webxr/shared/manifest.ts';
import type { RunningApp } from './support/app.ts';
import { launchBrowser } from './support/browser.ts';
import { Campaigner } from './support/campaign.ts';
import { swayingPath } from './support/camera-path.ts';
import { renderCamera } from './support/fake-camera.ts';
import { artworkFolder, magentaClip, phonePhoto } from './support/sample-media.ts';
import { witness, type Sighting } from './support/witness.ts';

/** Told of each step as it ends. */
export type Report = (step: string, milliseconds: number, note?: string) => void;

/** What the main job measured. Times are milliseconds, on the machine that ran it. */
export interface MainJobFigures {
  uploadToLinkMs: number;
  markerBytes: number;
  markerQuality: number;
  progressMessages: number;
  linkToFirstArFrameMs: number;
  framesPerSecond: number;
  trackMs: number;
  sightings: Sighting[];
  medianEdgeErrorPx: number;
  viewerBytesToFirstArFrame: number;
  functionCallsBeforeFirstArFrame: string[];
  idleResidentBytes: number;
}

/**
 * The whole main job, unattended: a phone's photo and a clip become a link whose video plays on the picture in a
 * browser with a camera. Throws at the first thing that isn't so.
 */
export async function runMainJob(app: RunningApp, report: Report, clipSeconds = 10): Promise<MainJobFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'portico-job-'));
  const step = async <T>(name: string, work: () => Promise<T>, note?: (result: T) => string): Promise<T> => {
    const began = performance.now();
    const result = await work();
    report(name, performance.now() - began, note?.(result));
    return result;
  };

  try {
    const idleResidentBytes = await app.residentBytes();
    const photograph = join(artworkFolder, 'nature/Garden.jpg');
    const [photo, clip] = await step(`take a 12 MP photo and film ${clipSeconds} s of 1080p`, () =>
      Promise.all([phonePhoto(photograph, folder), magentaClip(join(artworkFolder, 'nature/YellowFlower.jpg'), folder, clipSeconds)]),
    );

    const person = await step('register and sign in', () => Campaigner.register(app.origin));
    const project = await step('make a project', () => person.createProject('Spring campaign'));
    const watch = await step('watch it live', () => person.watch(project.id));

    const began = performance.now();
    const uploads = await step('upload both', () => Promise.all([person.upload(project.id, photo, 'image/jpeg'), person.upload(project.id, clip, 'video/mp4')]));
    const [picture, video] = await step('process both', () => Promise.all([person.settled(uploads[0].id, 300_000), person.settled(uploads[1].id, 300_000)]));
    for (const asset of [picture, video]) {
      if (asset.status !== 'ready') throw new Error(`${asset.name} ended ${asset.status}: ${asset.failure?.code} ${asset.failure?.message}`);
    }
    const link = await step('make the link', () => person.createLink(project.id, 'Spring', picture.id, video.id), ({ url }) => url);
    const uploadToLinkMs = performance.now() - began;
    report('upload → link', uploadToLinkMs);

    const marker = await person.call<{ bytes: number; quality: { score: number } }>('GET', `/markers/${picture.markerId}`);
    const told = watch.messages.filter((message) => message.assetId === video.id);
    if (!told.some(({ progress }) => progress?.step === 'transcode' && progress.fraction > 0.1 && progress.fraction < 0.99)) {
      throw new Error(`No transcoding progress was told: ${JSON.stringify(told)}`);
    }
    for (const asset of [picture, video]) {
      if (!watch.messages.some((message) => message.assetId === asset.id && message.status === 'ready')) throw new Error(`Nobody was told that ${asset.name} is ready.`);
    }
    await watch.stop();
    report('live progress arrived', 0, `${watch.messages.length} messages`);

    const manifest = (await (await fetch(`${app.origin}/cdn/m/${link.code}.json`)).json()) as Manifest;
    const target = manifest.targets[0]!;
    const upright = join(folder, 'upright.jpg');
    await sharp(photo).rotate().resize({ width: 900 }).jpeg({ quality: 92 }).toFile(upright);
    const camera = join(folder, 'camera.mjpeg');
    const path = swayingPath({ widthPx: 640, heightPx: 480, frames: 120, share: 0.42 });
    await step('print it and hold a camera to it', () => renderCamera(upright, path, camera));

    const browser = await launchBrowser({ camera });
    try {
      const context = await browser.newContext({ viewport: { width: 960, height: 720 }, permissions: ['camera'] });
      const page = await context.newPage();
      const calls: string[] = [];
      let bytes = 0;
      let started = false;
      page.on('request', (request) => {
        if (!started && new URL(request.url()).pathname.startsWith('/api/')) calls.push(`${request.method()} ${request.url()}`);
      });
      page.on('response', async (response) => {
        if (!started && /\.(js|css|wasm|html)$|\/v\//.test(new URL(response.url()).pathname)) {
          bytes += (await response.request().sizes().catch(() => undefined))?.responseBodySize ?? 0;
        }
      });
      const opened = performance.now();
      await page.goto(link.url.replace(/^https?:\/\/[^/]+/, app.origin));
      await page.getByRole('button', { name: /camera/i }).first().click();
      await page.waitForFunction(() => window.__portico?.firstArFrameMs !== undefined, null, { timeout: 60_000 });
      started = true;
      const linkToFirstArFrameMs = performance.now() - opened;
      report('open the link → first AR frame', linkToFirstArFrameMs);
      if (calls.length > 0) throw new Error(`Functions were called before the first AR frame: ${calls.join(', ')}`);

      // The poster comes first; the film follows once it has data.
      await page.waitForFunction(() => (window.__portico?.videoSeconds ?? 0) > 0.2, null, { timeout: 30_000 });
      const aspects = { picture: target.picture.widthPx / target.picture.heightPx, video: target.content.widthPx / target.content.heightPx };
      const sightings: Sighting[] = [];
      await step('see the video on the picture', async () => {
        const deadline = Date.now() + 60_000;
        while (sightings.length < 12) {
          const seen = await witness(page, path, aspects);
          if (seen) sightings.push(seen);
          if (Date.now() > deadline) throw new Error(`Only ${sightings.length} frames could be read within 60 s.`);
        }
      });
      const good = sightings.filter(({ insideShare, outsideShare, edgeErrorPx }) => insideShare > 0.9 && outsideShare < 0.05 && edgeErrorPx < 7.5);
      if (good.length < sightings.length * 0.9) throw new Error(`The video is not on the picture: ${JSON.stringify(sightings, null, 1)}`);
      const errors = sightings.map(({ edgeErrorPx }) => edgeErrorPx).sort((a, b) => a - b);
      const debug = await page.evaluate(() => ({ framesPerSecond: window.__portico!.framesPerSecond, trackMs: window.__portico!.trackMilliseconds }));

      await page.close({ runBeforeUnload: true });
      await step('count the view', async () => {
        const deadline = Date.now() + 15_000;
        for (;;) {
          const { totals } = await person.analytics(project.id);
          if ((totals.view_started ?? 0) === 1 && (totals.marker_detected ?? 0) >= 1 && (totals.video_started ?? 0) >= 1) return totals;
          if (Date.now() > deadline) throw new Error(`The view was not counted: ${JSON.stringify(totals)}`);
          await new Promise((wake) => setTimeout(wake, 200));
        }
      }, (totals) => JSON.stringify(totals));

      return {
        uploadToLinkMs,
        markerBytes: marker.bytes,
        markerQuality: marker.quality.score,
        progressMessages: watch.messages.length,
        linkToFirstArFrameMs,
        ...debug,
        sightings,
        medianEdgeErrorPx: errors[Math.floor(errors.length / 2)]!,
        viewerBytesToFirstArFrame: bytes,
        functionCallsBeforeFirstArFrame: calls,
        idleResidentBytes,
      };
    } finally {
      await browser.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
