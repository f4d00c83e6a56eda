import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TrackBatch } from '../../static-webxr/shared/api.ts';
import { swayingPath, type CameraPath } from './support/camera-path.ts';
import { isColour, look, type Look } from './support/screen.ts';
import { FIRST_COLOUR, POSTER_COLOUR, SECOND_COLOUR, writeManifest, writeVideo } from './support/viewer-link.ts';
import { DESKTOP, PHONE, siteFolder, startViewerSite, visit, type ViewerSite, type Visit, type VisitOptions } from './support/viewer-visit.ts';

// The viewer in a real browser whose camera is a rendered film of the picture. Each film frame carries its number,
// so a screenshot tells which pose the picture had, and the colours at its corners tell where the video was drawn.

const desktopPath = swayingPath({ widthPx: 640, heightPx: 480, frames: 60, share: 0.5 });
const phonePath = swayingPath({ widthPx: 720, heightPx: 1280, frames: 40, share: 0.5 });
/** Four seconds in view, four seconds gone. */
const comingAndGoingPath: CameraPath = {
  ...desktopPath,
  poses: Array.from({ length: 240 }, (_, i) => (i < 120 ? desktopPath.poses[i % 60] : undefined)),
};

let viewer: ViewerSite;
let visitor: Visit;
const browsers = {} as Record<'desktop' | 'phone' | 'comingAndGoing' | 'twoCameras', Browser>;

beforeAll(async () => {
  viewer = await startViewerSite();
  browsers.desktop = await viewer.browser({ camera: await viewer.camera('desktop', desktopPath) });
  browsers.phone = await viewer.browser({ camera: await viewer.camera('phone', phonePath) });
  browsers.comingAndGoing = await viewer.browser({ camera: await viewer.camera('coming-and-going', comingAndGoingPath) });
  browsers.twoCameras = await viewer.browser({ cameras: 2 });
}, 240_000);

afterAll(() => viewer?.close());
afterEach(() => visitor?.leave());

async function open(browser: Browser, device: object, options?: VisitOptions): Promise<void> {
  visitor = await visit(viewer, browser, device, options);
}

const CORNERS = [[-1, 1], [1, 1], [1, -1], [-1, -1]] as const;
const isVideo = (seen: Look, x: number, y: number) => [FIRST_COLOUR, SECOND_COLOUR].some((colour) => isColour(seen.onPicture(x, y), colour));

/** Looks until the picture has been seen this often, in frames whose number can be read. */
async function looks(path: CameraPath, wanted: number): Promise<Look[]> {
  const seen: Look[] = [];
  for (let tries = 0; seen.length < wanted && tries < wanted * 4; tries++) {
    const one = await look(visitor.page, path, viewer.link.pictureAspect);
    if (one.frame !== undefined && path.poses[one.frame]) seen.push(one);
  }
  expect(seen.length).toBe(wanted);
  return seen;
}

describe('the video on the picture', () => {
  test('is there with the real tracker, while the camera moves, and no function is called before', { timeout: 90_000 }, async () => {
    await open(browsers.desktop, DESKTOP);
    await visitor.press('Start camera');
    await visitor.waitFor('first AR frame', (viewer) => viewer.firstArFrameMs !== undefined);
    await visitor.videoPlays();
    await visitor.page.waitForTimeout(400);
    const seen = await looks(desktopPath, 6);
    for (const one of seen) {
      for (const [x, y] of CORNERS) {
        expect(isVideo(one, 0.92 * x, 0.92 * y), `frame ${one.frame}, inside of ${x},${y}: ${one.onPicture(0.92 * x, 0.92 * y)}`).toBe(true);
        expect(isVideo(one, 1.1 * x, 1.1 * y), `frame ${one.frame}, outside of ${x},${y}`).toBe(false);
      }
    }
    expect(new Set(seen.map((one) => one.frame)).size).toBeGreaterThan(2);

    await expect.poll(() => viewer.site.requests.filter((request) => request.path.startsWith('/api/')).length, { timeout: 15_000 }).toBeGreaterThan(0);
    const { firstArFrameMs, framesPerSecond } = await visitor.debug();
    const calledMs = await visitor.page.evaluate(() => performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/api/')).map((entry) => entry.startTime));
    expect(calledMs.length).toBeGreaterThan(0);
    for (const startMs of calledMs) expect(startMs).toBeGreaterThan(firstArFrameMs!);
    const events = viewer.site.requests.filter((request) => request.path === '/api/v1/analytics/track').flatMap((request) => (JSON.parse(request.body) as TrackBatch).events);
    expect(events.map((event) => event.type)).toEqual(expect.arrayContaining(['view_started', 'camera_started', 'marker_detected', 'video_started']));
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    expect(visitor.problems).toEqual([]);
    const pressedMs = await visitor.page.evaluate(() => performance.getEntriesByName('portico:start')[0]!.startTime);
    console.log(`first AR frame ${Math.round(firstArFrameMs!)} ms after navigation, ${Math.round(firstArFrameMs! - pressedMs)} ms after the press; ${framesPerSecond.toFixed(1)} frames/s (software WebGL, shared machine)`);
  });

  test('costs at most 60 kB of code to the first AR frame', { timeout: 60_000 }, async () => {
    await open(browsers.desktop, DESKTOP);
    await visitor.press('Start camera');
    await visitor.waitFor('first AR frame', (viewer) => viewer.firstArFrameMs !== undefined);
    const code = new Map<string, number>();
    for (const { path } of viewer.site.requests) {
      if (path.startsWith('/cdn/')) continue;
      const file = path.startsWith('/v/') ? '/viewer/index.html' : path;
      code.set(file, gzipSync(await readFile(join(siteFolder, file)), { level: 9 }).length);
    }
    const total = [...code.values()].reduce((sum, bytes) => sum + bytes, 0);
    console.log(`code to the first AR frame: ${total} bytes gzip\n${[...code].map(([path, bytes]) => `  ${path} ${bytes}`).join('\n')}`);
    expect([...code.keys()].filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
    expect(total).toBeLessThanOrEqual(60_000);
  });

  test('sits on the frame that was tracked, however long the tracker takes, on a phone', { timeout: 90_000 }, async () => {
    await open(browsers.phone, PHONE, { prepare: viewer.truthfulTracker(phonePath, 150) });
    await visitor.press('Start camera');
    await visitor.videoPlays();
    await visitor.page.waitForTimeout(600);
    expect((await visitor.debug()).frame).toEqual({ widthPx: 432, heightPx: 768 });
    const seen = await looks(phonePath, 6);
    // Screenshots may come faster than tracked frames do.
    for (let more = 0; more < 10 && new Set(seen.map((one) => one.frame)).size <= 2; more++) seen.push(...(await looks(phonePath, 1)));
    for (const one of seen) {
      for (const [x, y] of CORNERS) {
        expect(isVideo(one, 0.97 * x, 0.97 * y), `frame ${one.frame}, just inside of ${x},${y}`).toBe(true);
        expect(isVideo(one, 1.05 * x, 1.05 * y), `frame ${one.frame}, just outside of ${x},${y}`).toBe(false);
      }
    }
    expect(new Set(seen.map((one) => one.frame)).size).toBeGreaterThan(2);
  });

  test('of another shape leaves the rest of the picture as it is', { timeout: 60_000 }, async () => {
    const content = await writeVideo(viewer.link.cdnFolder, 'wide', 640, 240);
    const [target] = viewer.link.manifest.targets;
    await writeManifest(viewer.link.cdnFolder, { ...viewer.link.manifest, code: 'wide', targets: [{ ...target!, content }] });
    await open(browsers.desktop, DESKTOP, { code: 'wide', prepare: viewer.truthfulTracker(desktopPath) });
    await visitor.press('Start camera');
    await visitor.videoPlays();
    await visitor.page.waitForTimeout(400);
    // 8:3 on 4:3: half the height.
    for (const one of await looks(desktopPath, 2)) {
      for (const y of [-0.46, 0, 0.46]) for (const x of [-0.96, 0, 0.96]) expect(isVideo(one, x, y), `${x},${y}`).toBe(true);
      for (const y of [-0.6, 0.6]) for (const x of [-0.96, 0, 0.96]) expect(isVideo(one, x, y), `${x},${y}`).toBe(false);
    }
  });

  test('begins with its poster while the video is still on its way', { timeout: 60_000 }, async () => {
    await open(browsers.desktop, DESKTOP, {
      prepare: async (page) => {
        await viewer.truthfulTracker(desktopPath)(page);
        await page.route('**/video.mp4', () => undefined);
      },
    });
    await visitor.press('Start camera');
    await visitor.waitFor('first AR frame', (viewer) => viewer.firstArFrameMs !== undefined);
    await visitor.page.waitForTimeout(500);
    const [one] = await looks(desktopPath, 1);
    expect(isColour(one!.onPicture(0, 0), POSTER_COLOUR)).toBe(true);
  });

  test('pauses when the picture leaves, coaches, and plays on when it is back', { timeout: 90_000 }, async () => {
    await open(browsers.comingAndGoing, DESKTOP, { prepare: viewer.truthfulTracker(comingAndGoingPath) });
    await visitor.press('Start camera');
    await visitor.inState('playing');
    await visitor.inState('searching');
    expect(await visitor.page.getByText('Point your camera at this picture', { exact: true }).isVisible()).toBe(true);
    const { videoSeconds } = await visitor.debug();
    await visitor.page.waitForTimeout(300);
    expect((await visitor.debug()).videoSeconds).toBe(videoSeconds);
    await visitor.inState('playing');
    await visitor.waitFor('moving video', (viewer) => viewer.videoSeconds !== videoSeconds);
  });

  test('survives the loss of the graphics context', { timeout: 60_000 }, async () => {
    await open(browsers.desktop, DESKTOP, { prepare: viewer.truthfulTracker(desktopPath) });
    await visitor.press('Start camera');
    await visitor.videoPlays();
    await visitor.page.evaluate(async () => {
      const lose = document.querySelector<HTMLCanvasElement>('#stage')!.getContext('webgl2')!.getExtension('WEBGL_lose_context')!;
      lose.loseContext();
      await new Promise((done) => setTimeout(done, 300));
      lose.restoreContext();
    });
    const { frames } = await visitor.debug();
    await visitor.waitFor('frames after the loss', (viewer) => viewer.frames > frames + 3);
    const [one] = await looks(desktopPath, 1);
    expect(isVideo(one!, 0, 0)).toBe(true);
    expect(visitor.problems.filter((problem) => !problem.includes('CONTEXT_LOST'))).toEqual([]);
  });

  test('releases camera and screen while the page is hidden and takes them again', { timeout: 60_000 }, async () => {
    await open(browsers.desktop, DESKTOP, {
      prepare: async (page) => {
        await viewer.truthfulTracker(desktopPath)(page);
        await page.addInitScript(() => {
          const counted = window as never as { screenLocks: number };
          counted.screenLocks = 0;
          navigator.wakeLock.request = () => {
            counted.screenLocks++;
            return Promise.resolve({ release: () => Promise.resolve(void counted.screenLocks--) } as never);
          };
        });
      },
    });
    const screenLocks = () => visitor.page.evaluate(() => (window as never as { screenLocks: number }).screenLocks);
    await visitor.press('Start camera');
    await visitor.inState('playing');
    expect(await screenLocks()).toBe(1);
    const setHidden = (hidden: boolean) =>
      visitor.page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await visitor.page.evaluate(() => {
      const stream = document.querySelector<HTMLVideoElement>('#camera')!.srcObject as MediaStream;
      (window as never as { track: MediaStreamTrack }).track = stream.getVideoTracks()[0]!;
    });
    await setHidden(true);
    expect((await visitor.debug()).state).toBe('resting');
    expect(await visitor.page.evaluate(() => (window as never as { track: MediaStreamTrack }).track.readyState)).toBe('ended');
    expect(await screenLocks()).toBe(0);
    await setHidden(false);
    await visitor.inState('playing');
    expect(await screenLocks()).toBe(1);
  });

  test('goes on when the camera is changed, or taken away and given back', { timeout: 60_000 }, async () => {
    await open(browsers.twoCameras, PHONE);
    await visitor.press('Start camera');
    await visitor.inState('searching');
    const cameraId = () =>
      visitor.page.evaluate(() => (document.querySelector<HTMLVideoElement>('#camera')!.srcObject as MediaStream | null)?.getVideoTracks()[0]?.getSettings().deviceId);
    const first = await cameraId();
    await visitor.press('Switch camera');
    await expect.poll(cameraId, { timeout: 15_000 }).not.toBeOneOf([first, undefined]);
    await visitor.inState('searching');
    await visitor.page.evaluate(() => {
      const stream = document.querySelector<HTMLVideoElement>('#camera')!.srcObject as MediaStream;
      stream.getVideoTracks()[0]!.dispatchEvent(new Event('ended'));
    });
    expect((await visitor.debug()).state).not.toBe('searching');
    await visitor.inState('searching');
  });

  test('offers sound by a tap where the browser asks for one', { timeout: 60_000 }, async () => {
    await open(browsers.phone, PHONE, {
      prepare: async (page) => {
        await viewer.truthfulTracker(phonePath)(page);
        await page.addInitScript(() => {
          const play = HTMLMediaElement.prototype.play;
          let tapped = false;
          addEventListener('click', (event) => (tapped ||= (event.target as Element).closest('[data-do="unmute"]') !== null), true);
          HTMLMediaElement.prototype.play = function () {
            return this.muted || this.id !== '' || tapped ? play.call(this) : Promise.reject(new DOMException('', 'NotAllowedError'));
          };
        });
      },
    });
    await visitor.press('Start camera');
    await visitor.videoPlays();
    const muted = () => visitor.page.evaluate(() => document.querySelector<HTMLVideoElement>('#contents video')!.muted);
    expect(await muted()).toBe(true);
    await visitor.press('Tap for sound');
    expect(await muted()).toBe(false);
    expect(await visitor.page.getByRole('button', { name: 'Tap for sound' }).isVisible()).toBe(false);
    await visitor.press('Sound off');
    expect(await muted()).toBe(true);
  });

  test('goes on when the browser stops telling of camera frames', { timeout: 60_000 }, async () => {
    await open(browsers.desktop, DESKTOP, {
      prepare: async (page) => {
        await viewer.truthfulTracker(desktopPath)(page);
        await page.addInitScript(() => {
          const announce = HTMLVideoElement.prototype.requestVideoFrameCallback;
          let told = 0;
          HTMLVideoElement.prototype.requestVideoFrameCallback = function (run) {
            return this.id === 'camera' && ++told > 5 ? 0 : announce.call(this, run);
          };
        });
      },
    });
    await visitor.press('Start camera');
    await visitor.waitFor('frames', ({ frames }) => frames > 12);
    const [one] = await looks(desktopPath, 1);
    expect(isVideo(one!, 0, 0) || isColour(one!.onPicture(0, 0), POSTER_COLOUR)).toBe(true);
  });

  test('stops at a press of pause and stays stopped', { timeout: 60_000 }, async () => {
    await open(browsers.desktop, DESKTOP, { prepare: viewer.truthfulTracker(desktopPath) });
    await visitor.press('Start camera');
    await visitor.videoPlays();
    await visitor.press('Pause');
    await visitor.page.waitForTimeout(200);
    const { videoSeconds } = await visitor.debug();
    await visitor.page.waitForTimeout(500);
    expect((await visitor.debug()).videoSeconds).toBe(videoSeconds);
    await visitor.press('Play');
    await visitor.waitFor('moving video', (viewer) => viewer.videoSeconds !== videoSeconds);
  });
});
