import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Asset, Page as Listed, Project } from '../../static-webxr/shared/api.ts';
import { runMainJob } from './main-job.ts';
import { startApp, type RunningApp } from './support/app.ts';
import { launchBrowser } from './support/browser.ts';
import { Campaigner } from './support/campaign.ts';
import { swayingPath } from './support/camera-path.ts';
import { renderCamera } from './support/fake-camera.ts';

// The main job against the real app: through HTTP as ./run --check does it, and by hand through the portal, with
// the demo campaign's poster and clip. The second takes the pictures that the README shows (artifacts/screenshots;
// PORTICO_SCREENSHOTS=docs/images puts them where the README looks).

const screenshots = process.env.PORTICO_SCREENSHOTS ?? join(import.meta.dirname, '../../artifacts/screenshots');
const minute = 60_000;

let app: RunningApp;
let folder: string;
const browsers: Browser[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-main-job-'));
  await mkdir(screenshots, { recursive: true });
  app = await startApp({ environment: { Portico__SeedDemo: 'true' } });
}, 2 * minute);

afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await app?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('a photo and a clip become a link whose video plays on the picture', { timeout: 6 * minute }, async () => {
  // How long it takes is for ./run --check to say, with a clip of 10 s.
  const figures = await runMainJob(app, (step, milliseconds, note = '') => console.log(`  ${step}: ${Math.round(milliseconds)} ms ${note}`), 5);
  expect(figures.functionCallsBeforeFirstArFrame).toEqual([]);
  expect(figures.medianEdgeErrorPx).toBeLessThan(5);
});

test('a marketer takes the demo poster from the portal to a phone', { timeout: 6 * minute }, async () => {
  const files = await download(await seededCampaign());

  const desktop = await open();
  const page = await (await desktop.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' })).newPage();
  const faults: string[] = [];
  page.on('pageerror', (fault) => faults.push(fault.message));
  await page.goto(app.origin);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill(`ada-${crypto.randomUUID()}@example.com`);
  await page.getByLabel('Password', { exact: true }).fill(`correct horse ${crypto.randomUUID()}`);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('button', { name: /Create your first project|New project/ }).click();
  await page.getByLabel('Name').fill('Summer at the temple');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Summer at the temple', level: 1 }).waitFor();

  await page.getByLabel('Pictures and videos to add').setInputFiles([files.picture, files.clip]);
  await page.getByText(/Transcoding|Making sizes|Compiling/).first().waitFor({ timeout: minute });
  await page.screenshot({ path: join(screenshots, 'portal-processing.png') });
  await page.getByRole('link', { name: 'Create link' }).click({ timeout: 3 * minute });
  await expect.poll(() => page.getByRole('radio', { checked: true }).count(), { timeout: minute }).toBe(2);
  await page.getByLabel('Title').fill('Temple poster');
  await page.screenshot({ path: join(screenshots, 'portal-new-link.png') });
  await page.getByRole('button', { name: 'Create link' }).click();
  await page.getByRole('heading', { name: 'Temple poster', level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(screenshots, 'portal-link.png') });
  const url = await page.getByRole('link', { name: /^Open/ }).getAttribute('href');
  expect(faults).toEqual([]);

  const portrait = swayingPath({ widthPx: 480, heightPx: 640, frames: 120, share: 0.47, down: 0 });
  const camera = join(folder, 'portrait.mjpeg');
  await renderCamera(files.picture, portrait, camera, false);
  const phone = await open(camera);
  const viewer = await (await phone.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true })).newPage();
  await viewer.goto(new URL(url!, app.origin).href);
  await viewer.getByRole('button', { name: /camera/i }).first().waitFor();
  await viewer.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
  await viewer.screenshot({ path: join(screenshots, 'viewer-start.png') });
  await viewer.getByRole('button', { name: /camera/i }).first().click();
  await viewer.waitForFunction(() => (window.__portico?.videoSeconds ?? 0) > 2, null, { timeout: minute });
  await viewer.screenshot({ path: join(screenshots, 'viewer-ar.png') });
  expect(await tracked(viewer)).toBe(true);
});

/** The campaign that the app seeds at its first start, as its administrator sees it, once its link is printed. */
async function seededCampaign(): Promise<Asset[]> {
  const deadline = Date.now() + 4 * minute;
  while (!/portico demo \S+\/v\/\S+/.test(app.output())) {
    if (Date.now() > deadline) throw new Error(`No demo campaign was seeded:\n${app.output()}`);
    await new Promise((wake) => setTimeout(wake, 250));
  }
  const [, email, password] = /portico admin (\S+) (\S+)/.exec(app.output())!;
  const administrator = await Campaigner.login(app.origin, email!, password!);
  const projects = await administrator.call<Listed<Project>>('GET', '/projects');
  return (await administrator.call<Listed<Asset>>('GET', `/projects/${projects.items[0]!.id}/assets`)).items;
}

/** The demo's poster and clip as the files that somebody would upload. */
async function download(assets: Asset[]): Promise<{ picture: string; clip: string }> {
  const bytes = async (url: string) => Buffer.from(await (await fetch(new URL(url, app.origin))).arrayBuffer());
  const picture = join(folder, 'temple-poster.jpg');
  const clip = join(folder, 'temple-clip.mp4');
  await sharp(await bytes(assets.find(({ image }) => image)!.image!.renditions[0]!.url)).jpeg({ quality: 95 }).toFile(picture);
  await writeFile(clip, await bytes(assets.find(({ video }) => video)!.video!.renditions[0]!.url));
  return { picture, clip };
}

async function open(camera?: string): Promise<Browser> {
  const browser = await launchBrowser({ camera });
  browsers.push(browser);
  return browser;
}

const tracked = (page: Page) => page.evaluate(() => window.__portico!.targets.some(({ state }) => state === 'tracking'));
