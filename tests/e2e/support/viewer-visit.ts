import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ViewerDebug } from '../../../static-webxr/viewer/debug.ts';
import { launchBrowser, type BrowserOptions } from './browser.ts';
import type { CameraPath } from './camera-path.ts';
import { renderCamera } from './fake-camera.ts';
import { startStaticSite, type StaticSite } from './static-site.ts';
import { truthfulWorker } from './truthful-worker.ts';
import { writeLink, type ViewerLink } from './viewer-link.ts';

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

export const siteFolder = resolve(import.meta.dirname, '../../../static-webxr/dist');

/** The built viewer at a link, on static files alone, and people who open it. */
export interface ViewerSite {
  site: StaticSite;
  link: ViewerLink;
  /** A file for a fake camera on this path. */
  camera(name: string, path: CameraPath): Promise<string>;
  /** A browser that is closed with the site. */
  browser(options?: BrowserOptions): Promise<Browser>;
  /** The tracker's place is taken by one that is always right and takes this long. */
  truthfulTracker(path: CameraPath, delayMs?: number): (page: Page) => Promise<void>;
  close(): Promise<void>;
}

export async function startViewerSite(): Promise<ViewerSite> {
  const folder = await mkdtemp(join(tmpdir(), 'portico-viewer-'));
  const link = await writeLink(join(folder, 'cdn'));
  const site = await startStaticSite(siteFolder, link.cdnFolder);
  const browsers: Browser[] = [];
  return {
    site,
    link,
    async camera(name, path) {
      const file = join(folder, `${name}.mjpeg`);
      await renderCamera(link.pictureFile, path, file);
      return file;
    },
    async browser(options) {
      const browser = await launchBrowser(options);
      browsers.push(browser);
      return browser;
    },
    truthfulTracker: (path, delayMs = 0) => (page) =>
      page.route('**/assets/worker-*.js', (route) =>
        route.fulfill({ contentType: 'text/javascript', body: truthfulWorker(path, link.pictureAspect, delayMs) }),
      ),
    async close() {
      await Promise.all(browsers.map((browser) => browser.close()));
      await site.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One visit of a fresh visitor. */
export interface Visit {
  page: Page;
  /** What the page complained about: uncaught errors and the console's errors. */
  problems: string[];
  press(button: string): Promise<void>;
  /** Waits for a heading with these words. */
  says(words: string): Promise<void>;
  debug(): Promise<ViewerDebug>;
  waitFor(what: string, condition: (viewer: ViewerDebug) => boolean, timeoutMs?: number): Promise<ViewerDebug>;
  inState(name: string): Promise<ViewerDebug>;
  /** Waits until the video has come this far on the picture. */
  videoPlays(): Promise<ViewerDebug>;
  leave(): Promise<void>;
}

export interface VisitOptions {
  code?: string;
  /** Runs before the page is asked for. */
  prepare?: (page: Page) => Promise<unknown>;
}

export async function visit({ site }: ViewerSite, browser: Browser, device: BrowserContextOptions, { code = 'demo', prepare }: VisitOptions = {}): Promise<Visit> {
  site.requests.length = 0;
  const page = await (await browser.newContext(device)).newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await prepare?.(page);
  await page.goto(`${site.origin}/v/${code}`);

  const debug = () => page.evaluate(() => JSON.parse(JSON.stringify(window.__portico)) as ViewerDebug);
  async function waitFor(what: string, condition: (viewer: ViewerDebug) => boolean, timeoutMs = 30_000): Promise<ViewerDebug> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const viewer = await debug();
      if (condition(viewer)) return viewer;
      if (Date.now() > end) throw new Error(`Still no ${what} after ${timeoutMs} ms: ${JSON.stringify(viewer)} ${problems.join()}`);
      await page.waitForTimeout(50);
    }
  }
  return {
    page,
    problems,
    press: (button) => page.getByRole('button', { name: button, exact: true }).click(),
    says: (words) => page.getByRole('heading', { name: words }).waitFor({ timeout: 15_000 }),
    debug,
    waitFor,
    inState: (name) => waitFor(`state ${name}`, (viewer) => viewer.state === name),
    videoPlays: () => waitFor('playing video', (viewer) => viewer.videoSeconds > 0.2),
    leave: () => page.context().close(),
  };
}
