import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { swayingPath } from './support/camera-path.ts';
import { DESKTOP, PHONE, startViewerSite, visit, type ViewerSite, type Visit, type VisitOptions } from './support/viewer-visit.ts';

// What people get when something is missing, refused or broken, and whether everybody can use it.

const path = swayingPath({ widthPx: 640, heightPx: 480, frames: 60, share: 0.5 });
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let viewer: ViewerSite;
let visitor: Visit;
const browsers = {} as Record<'desktop' | 'denied' | 'none', Browser>;

beforeAll(async () => {
  viewer = await startViewerSite();
  const camera = await viewer.camera('desktop', path);
  browsers.desktop = await viewer.browser({ camera });
  browsers.denied = await viewer.browser({ camera, permission: 'denied' });
  browsers.none = await viewer.browser();
}, 240_000);

afterAll(() => viewer?.close());
afterEach(() => visitor?.leave());

async function open(browser: Browser, device: object, options?: VisitOptions): Promise<void> {
  visitor = await visit(viewer, browser, device, options);
}

describe('without a camera', () => {
  const playerTime = () => visitor.page.evaluate(() => document.querySelector<HTMLVideoElement>('#player')!.currentTime);

  test('refused, the video plays plainly and the page says how to allow it', { timeout: 60_000 }, async () => {
    await open(browsers.denied, PHONE);
    await visitor.press('Start camera');
    await visitor.says('The camera is switched off for this page');
    expect((await visitor.debug()).reason).toBe('camera-denied');
    await visitor.page.evaluate(() => document.querySelector<HTMLVideoElement>('#player')!.play());
    await expect.poll(playerTime).toBeGreaterThan(0.2);
    await visitor.press('Try the camera again');
    await visitor.says('The camera is switched off for this page');
    expect(visitor.problems).toEqual([]);
  });

  test('missing, the page says so', { timeout: 60_000 }, async () => {
    await open(browsers.none, DESKTOP);
    await visitor.press('Start camera');
    await visitor.says('No camera found');
  });

  test('hidden from the page by an app, it says where to open the link', { timeout: 60_000 }, async () => {
    await open(browsers.none, PHONE, { prepare: (page) => page.addInitScript(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined })) });
    await visitor.press('Start camera');
    await visitor.says('This app can’t use the camera');
    expect(await visitor.page.getByRole('button', { name: 'Copy the link' }).isVisible()).toBe(true);
  });

  test('not wanted, the video plays at once', { timeout: 60_000 }, async () => {
    await open(browsers.desktop, DESKTOP);
    await visitor.press('Just play the video');
    await expect.poll(playerTime, { timeout: 10_000 }).toBeGreaterThan(0.2);
    expect(await visitor.page.getByRole('button', { name: 'See it on the picture instead' }).isVisible()).toBe(true);
    expect(visitor.problems).toEqual([]);
  });

  test.each([
    ['WebGL 2', 'This browser can’t draw in 3D', () => void (HTMLCanvasElement.prototype.getContext = () => null)],
    ['SIMD', 'This browser is too old to find pictures', () => void (WebAssembly.validate = () => false)],
  ])('a browser without %s says so before it asks for the camera', { timeout: 60_000 }, async (_name, words, breakIt) => {
    await open(browsers.desktop, DESKTOP, {
      prepare: async (page) => {
        await page.addInitScript(breakIt);
        await page.addInitScript(() => {
          navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('asked for the camera'));
        });
      },
    });
    await visitor.press('Start camera');
    await visitor.says(words);
  });
});

describe('what goes wrong is said', () => {

  test('when the link does not exist', { timeout: 60_000 }, async () => {
    await open(browsers.none, PHONE, { code: 'gone' });
    await visitor.says('This link doesn’t exist (any more)');
  });

  test('when there is no network', { timeout: 60_000 }, async () => {
    await open(browsers.none, PHONE, {
      prepare: async (page) => {
        await page.addInitScript(() => Object.defineProperty(navigator, 'onLine', { get: () => false }));
        await page.route('**/cdn/m/*', (route) => route.abort());
      },
    });
    await visitor.says('You are offline');
  });

  test('when the link is newer than the page', { timeout: 60_000 }, async () => {
    await open(browsers.none, PHONE, { prepare: (page) => page.route('**/cdn/m/*', (route) => route.fulfill({ json: { ...viewer.link.manifest, version: 2 } })) });
    await visitor.says('This page is out of date');
  });

  test.each([
    ['marker', '**/picture.marker', 'The picture couldn’t be loaded'],
    ['video', '**/video.mp4', 'The video couldn’t be played'],
    ['tracker', '**/tracker-*.wasm', 'The picture finder stopped'],
  ])('when the %s does not arrive', { timeout: 60_000 }, async (_name, pattern, words) => {
    await open(browsers.desktop, DESKTOP, { prepare: (page) => page.context().route(pattern, (route) => route.fulfill({ status: 404 })) });
    await visitor.press('Start camera');
    await visitor.says(words);
  });

  test('when the video does not arrive for those who just play it', { timeout: 60_000 }, async () => {
    await open(browsers.none, PHONE, { prepare: (page) => page.route('**/video.mp4', (route) => route.fulfill({ status: 404 })) });
    await visitor.press('Just play the video');
    await visitor.says('The video couldn’t be played');
  });

  test('when the marker file is damaged', { timeout: 60_000 }, async () => {
    await open(browsers.desktop, DESKTOP, { prepare: (page) => page.route('**/picture.marker', (route) => route.fulfill({ body: 'not a marker' })) });
    await visitor.press('Start camera');
    await visitor.says('The picture couldn’t be loaded');
  });
});

describe('everybody', () => {
  const violations = async () => {
    await visitor.page.addScriptTag({ path: axe });
    const { violations: found } = (await visitor.page.evaluate('axe.run({ rules: { "video-caption": { enabled: false } } })')) as { violations: { id: string; nodes: { html: string }[] }[] };
    return found.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`);
  };

  test.each([['phone', PHONE], ['desktop', DESKTOP]])('can use each screen on a %s', { timeout: 120_000 }, async (_name, device) => {
    const settle = () => visitor.page.waitForTimeout(1200);
    await open(browsers.denied, { ...device, bypassCSP: true });
    await visitor.page.getByRole('button', { name: 'Start camera' }).waitFor();
    await settle();
    expect(await violations()).toEqual([]);
    await visitor.press('Start camera');
    await visitor.page.getByRole('button', { name: 'Try the camera again' }).waitFor();
    await settle();
    expect(await violations()).toEqual([]);
    await visitor.leave();
    await open(browsers.none, { ...device, bypassCSP: true }, { code: 'gone' });
    await visitor.page.getByRole('heading', { name: 'This link' }).waitFor();
    await settle();
    expect(await violations()).toEqual([]);
  });

  test('can go through it with the keyboard alone', { timeout: 60_000 }, async () => {
    await open(browsers.desktop, DESKTOP, { prepare: viewer.truthfulTracker(path) });
    await visitor.page.getByRole('button', { name: 'Start camera' }).waitFor();
    await visitor.page.keyboard.press('Tab');
    await visitor.page.keyboard.press('Enter');
    await visitor.inState('playing');
    await visitor.page.keyboard.press('Tab');
    const focused = await visitor.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim());
    expect(['Pause', 'Sound off', 'Switch camera']).toContain(focused);
    expect(await visitor.page.getByRole('status').textContent()).toContain('Picture found');
  });
});
