import sharp from 'sharp';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { usePaintedCamera, type PaintedCamera, type PaintedLens, type Scene } from './support/painted-camera.ts';
import { isColour, type Colour } from './support/screen.ts';
import { FIRST_COLOUR, SECOND_COLOUR, writeManifest, writeTarget, writeVideo } from './support/viewer-link.ts';
import { PHONE, startViewerSite, visit, type ViewerSite, type Visit } from './support/viewer-visit.ts';

// The viewer on a phone whose cameras the test paints: they turn round, show several pictures, are taken by a call.
// The tracker is the real one.

const UPRIGHT = { widthPx: 480, heightPx: 640 };
const ACROSS = { widthPx: 640, heightPx: 480 };
const WINDOW = { viewport: { width: 640, height: 480 } };
/** The second picture's video, first and second half. */
const OTHER_COLOURS = [[255, 0, 0], [0, 255, 255]] as const;

let viewer: ViewerSite;
let visitor: Visit;
let browser: Browser;
let camera: PaintedCamera;

beforeAll(async () => {
  viewer = await startViewerSite();
  browser = await viewer.browser({ cameras: 1 });
  const { cdnFolder, manifest } = viewer.link;
  const video = await writeVideo(cdnFolder, 'other', 640, 480, ['0xff0000', '0x00ffff']);
  const other = await writeTarget(cdnFolder, 'other', { picture: 'other', seed: 7 }, video);
  await writeManifest(cdnFolder, { ...manifest, code: 'two', targets: [manifest.targets[0]!, other] });
}, 120_000);

afterAll(() => viewer?.close());
afterEach(() => visitor?.leave());

const picture = (name: 'picture' | 'other', centreX: number, centreY: number, widthPx: number) =>
  ({ url: `/cdn/${name}.png`, centreX, centreY, widthPx, aspect: viewer.link.pictureAspect });

interface Circumstances {
  code?: string;
  device?: object;
  lenses?: PaintedLens[];
  /** Runs in the page, before its own scripts. */
  before?: () => void;
}

async function open(scene: Scene, { code = 'demo', device = PHONE, lenses, before }: Circumstances = {}): Promise<void> {
  visitor = await visit(viewer, browser, device, {
    code,
    prepare: async (page) => {
      camera = await usePaintedCamera(page, scene, lenses);
      if (before) await page.addInitScript(before);
    },
  });
  await visitor.press('Start camera');
}

/** Colours of the screen where points of the camera's frame are shown: it covers the screen. */
async function onScreen(frame: { widthPx: number; heightPx: number }, points: [number, number][]): Promise<Colour[]> {
  const { data, info } = await sharp(await visitor.page.screenshot()).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const cover = Math.max(info.width / frame.widthPx, info.height / frame.heightPx);
  return points.map(([x, y]) => {
    const column = Math.round((x - frame.widthPx / 2) * cover + info.width / 2);
    const row = Math.round((y - frame.heightPx / 2) * cover + info.height / 2);
    const at = (row * info.width + column) * 3;
    return [data[at]!, data[at + 1]!, data[at + 2]!];
  });
}

const isOneOf = (seen: Colour | undefined, ...colours: Colour[]) => colours.some((colour) => isColour(seen, colour));
const isVideo = (seen: Colour | undefined) => isOneOf(seen, FIRST_COLOUR, SECOND_COLOUR);
const isOther = (seen: Colour | undefined) => isOneOf(seen, ...OTHER_COLOURS);

/** What the videos on the pictures do, by the name of their file. */
const videos = () =>
  visitor.page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLVideoElement>('#contents video')]
        .filter((video) => video.src !== '')
        .map((video) => [/(\w+)\.mp4/.exec(video.src)?.[1], { paused: video.paused, muted: video.muted, seconds: video.currentTime }]),
    ),
  );

const setHidden = (hidden: boolean) =>
  visitor.page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

describe('a phone turned round', () => {
  test('goes on at once: same page, same video, content where the picture is', { timeout: 60_000 }, async () => {
    const scene = ({ widthPx, heightPx }: typeof UPRIGHT): Scene => ({ widthPx, heightPx, pictures: [picture('picture', widthPx / 2 + 20, heightPx / 2 - 15, 180)] });
    await open(scene(UPRIGHT));
    await visitor.videoPlays();
    expect((await visitor.debug()).frame).toEqual(UPRIGHT);
    const workers = visitor.page.workers();
    const { videoSeconds } = await visitor.debug();
    await visitor.page.setViewportSize({ width: 844, height: 390 });
    await camera.show(scene(ACROSS));
    await visitor.waitFor('the new shape', (seen) => seen.frame.widthPx === ACROSS.widthPx && seen.targets[0]?.state === 'tracking');
    await visitor.page.waitForTimeout(400);
    const at = (x: number, y: number): [number, number] => [ACROSS.widthPx / 2 + 20 + x, ACROSS.heightPx / 2 - 15 + y];
    const seen = await onScreen(ACROSS, [at(0, 0), at(-82, 0), at(82, 0), at(0, -60), at(-100, 0), at(0, 78)]);
    expect(seen.map(isVideo), JSON.stringify(seen)).toEqual([true, true, true, true, false, false]);
    expect((await visitor.debug()).state).toBe('playing');
    expect((await videos()).video).toMatchObject({ paused: false });
    await visitor.waitFor('moving video', (now) => now.videoSeconds !== videoSeconds);
    expect(visitor.page.workers()).toEqual(workers);
    expect(visitor.problems).toEqual([]);
  });
});

describe('a phone that turns away from the picture', () => {
  /** As an iPhone: asks people first. Its motion sensors tell that it stands upright, turned to the right by `yawDeg`. */
  function iphone(): void {
    const phone = { yawDeg: 0, asked: [] as boolean[] };
    Object.assign(window, { phone });
    let allowed = false;
    Object.assign(DeviceOrientationEvent, {
      requestPermission: () => {
        phone.asked.push(navigator.userActivation.isActive);
        allowed = true;
        return Promise.resolve('granted');
      },
    });
    setInterval(() => {
      if (allowed) dispatchEvent(new DeviceOrientationEvent('deviceorientation', { alpha: (360 - phone.yawDeg) % 360, beta: 90, gamma: 0 }));
    }, 16);
  }
  const FOCAL_PX = 320 / Math.tan((31.5 * Math.PI) / 180);
  const centreAt = (yawDeg: number) => 320 - FOCAL_PX * Math.tan((yawDeg * Math.PI) / 180);
  const turnTo = async (yawDeg: number, inView = true): Promise<void> => {
    await visitor.page.evaluate((value) => void ((window as never as { phone: { yawDeg: number } }).phone.yawDeg = value), yawDeg);
    await camera.show({ ...ACROSS, pictures: inView ? [picture('picture', centreAt(yawDeg), 240, 240)] : [] });
  };

  test('keeps the content at its place for a moment, then ends cleanly; asks for the sensors once, in the tap', { timeout: 60_000 }, async () => {
    await open({ ...ACROSS, pictures: [picture('picture', centreAt(0), 240, 240)] }, { device: WINDOW, before: iphone });
    await visitor.videoPlays();
    for (let yawDeg = 2; yawDeg <= 20; yawDeg += 2) {
      await turnTo(yawDeg);
      await visitor.page.waitForTimeout(60);
    }
    await visitor.waitFor('the picture at the left', (seen) => seen.targets[0]?.state === 'tracking' && seen.targets[0].corners[0]! < 60);
    await turnTo(33, false);
    await visitor.waitFor('a bridged picture', (seen) => seen.targets[0]?.state === 'bridged');
    const [edge, middle] = await onScreen(ACROSS, [[40, 240], [320, 240]]);
    expect(isVideo(edge), String(edge)).toBe(true);
    expect(isVideo(middle), String(middle)).toBe(false);
    expect((await visitor.debug()).state).toBe('playing');
    expect((await videos()).video?.paused).toBe(false);

    await visitor.inState('searching');
    expect((await videos()).video?.paused).toBe(true);
    await setHidden(true);
    await setHidden(false);
    await turnTo(0);
    await visitor.inState('playing');
    expect(await visitor.page.evaluate(() => (window as never as { phone: { asked: boolean[] } }).phone.asked)).toEqual([true]);
    expect(visitor.problems).toEqual([]);
  });
});

describe('several pictures in one link', () => {
  test('play each its own video: one after the other at once, both when both are in view, with the sound of the one nearer to the middle', { timeout: 60_000 }, async () => {
    await open({ ...ACROSS, pictures: [picture('picture', 320, 240, 300)] }, { code: 'two', device: WINDOW });
    await visitor.videoPlays();
    expect(isVideo((await onScreen(ACROSS, [[320, 240]]))[0])).toBe(true);
    expect(Object.keys(await videos())).toEqual(['video']);

    await camera.show({ ...ACROSS, pictures: [picture('other', 320, 240, 300)] });
    await visitor.waitFor('the other picture', (seen) => seen.targets[1]?.state === 'tracking');
    // A picture that is merely lost plays on for 1.5 s.
    await expect.poll(async () => (await videos()).video?.paused, { timeout: 1200, interval: 50 }).toBe(true);
    await expect.poll(videos, { timeout: 5000 }).toMatchObject({ video: { muted: true }, other: { paused: false, muted: false } });
    await expect.poll(async () => isOther((await onScreen(ACROSS, [[320, 240]]))[0]), { timeout: 5000 }).toBe(true);
    expect((await visitor.debug()).state).toBe('playing');

    const both = (by: number): Scene => ({ ...ACROSS, pictures: [picture('picture', 160 + by, 240, 240), picture('other', 480 + by, 240, 240)] });
    await camera.show(both(50));
    await expect.poll(videos, { timeout: 5000 }).toMatchObject({ video: { paused: false, muted: false }, other: { paused: false, muted: true } });
    await expect.poll(async () => (await onScreen(ACROSS, [[210, 240], [530, 240]])).map((seen, i) => (i === 0 ? isVideo : isOther)(seen))).toEqual([true, true]);
    await camera.show(both(-50));
    await expect.poll(videos, { timeout: 5000 }).toMatchObject({ video: { paused: false, muted: true }, other: { paused: false, muted: false } });
    await visitor.press('Sound off');
    expect(await videos()).toMatchObject({ video: { muted: true }, other: { muted: true } });
    expect(visitor.problems).toEqual([]);
  });

  test('are offered one by one where there is no camera', { timeout: 60_000 }, async () => {
    visitor = await visit(viewer, browser, PHONE, { code: 'two' });
    await visitor.press('Just play the video');
    const source = () => visitor.page.evaluate(() => document.querySelector<HTMLVideoElement>('#player')!.src);
    expect(await source()).toContain('/video.mp4');
    await visitor.press('Video 2 of 2');
    expect(await source()).toContain('/other.mp4');
    expect(await visitor.page.getByRole('button', { name: 'Video 2 of 2', pressed: true }).count()).toBe(1);
  });
});

describe('the camera', () => {
  const scene = (): Scene => ({ ...UPRIGHT, pictures: [picture('picture', 240, 300, 280)] });
  const ANDROID: PaintedLens[] = [
    { label: 'camera2 2, facing back', capabilities: { focusMode: ['manual'] } },
    { label: 'camera2 1, facing front' },
    { label: 'camera2 0, facing back', capabilities: { focusMode: ['manual', 'continuous'], zoom: { min: 0.5, max: 8 }, torch: true } },
  ];

  test('is the main one, focused and unzoomed, with a light that stays over changes of camera and goes out with the page', { timeout: 60_000 }, async () => {
    await open(scene(), { lenses: ANDROID });
    await visitor.inState('playing');
    expect(await camera.opened()).toEqual(['camera2 2, facing back', 'camera2 0, facing back']);
    expect(await camera.lens()).toMatchObject({ focusMode: 'continuous', zoom: 1, torch: false });
    expect(await camera.running()).toBe(1);

    await visitor.press('Light');
    expect(await camera.lens()).toMatchObject({ focusMode: 'continuous', torch: true });
    const light = visitor.page.getByRole('button', { name: 'Light', exact: true });
    expect(await light.getAttribute('aria-pressed')).toBe('true');
    expect(await visitor.page.getByRole('status').textContent()).toBe('Light on.');

    await visitor.press('Switch camera');
    await visitor.inState('playing');
    expect((await camera.opened()).at(-1)).toBe('camera2 2, facing back');
    expect(await light.isVisible()).toBe(false);
    await visitor.press('Switch camera');
    await visitor.inState('playing');
    await expect.poll(() => camera.lens()).toMatchObject({ torch: true });

    await setHidden(true);
    expect(await camera.running()).toBe(0);
    await setHidden(false);
    await visitor.inState('playing');
    expect(await camera.lens()).toMatchObject({ torch: false });
    expect(await light.getAttribute('aria-pressed')).toBe('false');

    // Somebody's own choice outlives the page.
    await visitor.press('Switch camera');
    await visitor.page.reload();
    await visitor.press('Start camera');
    await visitor.inState('playing');
    expect(await camera.opened()).toEqual(['camera2 2, facing back']);
    expect(visitor.problems).toEqual([]);
  });

  test('with the light is the main one where names don’t tell', { timeout: 60_000 }, async () => {
    await open({ ...UPRIGHT, pictures: [] }, { lenses: [{ label: 'Rear 1' }, { label: 'Rear 2', capabilities: { torch: true } }] });
    await visitor.inState('searching');
    expect(await camera.opened()).toEqual(['Rear 1', 'Rear 2']);
  });

  test('taken by a call comes back by itself, and the page says so meanwhile', { timeout: 60_000 }, async () => {
    await open(scene());
    await visitor.videoPlays();
    await camera.mute(true);
    await visitor.says('The camera is paused');
    expect((await videos()).video?.paused).toBe(true);
    await camera.mute(false);
    await visitor.inState('playing');

    await camera.takeAway('NotReadableError');
    await visitor.says('The camera is paused');
    expect(await camera.running()).toBe(0);
    await camera.takeAway(undefined);
    await visitor.inState('playing');
    expect(await camera.running()).toBe(1);
    await expect.poll(async () => (await videos()).video?.paused).toBe(false);
  });

  test('and all else is given back when the visit ends', { timeout: 60_000 }, async () => {
    await open(scene());
    await visitor.inState('playing');
    expect(visitor.page.workers()).toHaveLength(1);
    const left = await visitor.page.evaluate(() => {
      window.__portico!.dispose!();
      return {
        source: document.querySelector<HTMLVideoElement>('#camera')!.srcObject,
        videos: document.querySelectorAll('#contents video').length,
        graphicsLost: document.querySelector<HTMLCanvasElement>('#stage')!.getContext('webgl2')!.isContextLost(),
      };
    });
    expect(left).toEqual({ source: null, videos: 0, graphicsLost: true });
    expect(await camera.running()).toBe(0);
    await expect.poll(() => visitor.page.workers().length).toBe(0);
    const { state, frames } = await visitor.debug();
    await setHidden(true);
    await setHidden(false);
    await visitor.page.waitForTimeout(300);
    expect(await visitor.debug()).toMatchObject({ state, frames });
    expect(await camera.running()).toBe(0);
    expect(visitor.problems).toEqual([]);
  });
});
