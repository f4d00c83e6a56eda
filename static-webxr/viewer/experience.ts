import { MarkerFileError, projectionMatrix, type FrameResult } from '@portico/tracker';
import type { Manifest } from '../shared/manifest.ts';
import { createCamera } from './camera.ts';
import { createDebug } from './debug.ts';
import { trackedCrop, type TrackedCrop } from './fit.ts';
import { createFrameLoop, type FrameLoop } from './frame-loop.ts';
import { readManifest } from './manifest.ts';
import { createPlayer } from './player.ts';
import { wordsFor, type Reason } from './reasons.ts';
import { createScreens, type Wish } from './screens.ts';
import { createStage, type Stage } from './stage.ts';
import { next, type State, type StateEvent } from './states.ts';
import { createTargets, type Targets } from './targets.ts';
import { createTelemetry, sendBatch } from './telemetry.ts';
import { createTracking, hasWasmSimd, type Tracking } from './tracking.ts';
import { createWakeLock } from './wake-lock.ts';

export interface ExperienceOptions {
  code: string;
  /** The answer to `/cdn/m/{code}.json`, asked for by the page itself. */
  manifestResponse: Promise<Response>;
  /** The body of index.html. */
  root: HTMLElement;
}

/** What a phone's camera most likely gives, so that a tracker of that size is ready before the first frame. */
const LIKELY_CAMERA = { longPx: 1280, shortPx: 720 };
/** Dispatched for every frame. */
const FOUND: StateEvent = { type: 'found' };
const LOST: StateEvent = { type: 'lost' };
/** More device pixels than these a camera picture doesn't fill. */
const MOST_PIXEL_RATIO = 2;

/**
 * One visit, from the address to the video on the picture. `states.ts` says what follows what; here stands what
 * is done about it: every event goes through `dispatch`, every change of state through `enter`.
 */
export function createExperience({ code, manifestResponse, root }: ExperienceOptions): { dispose(): void } {
  const debug = createDebug();
  const screens = createScreens(root, wish);
  const cameraVideo = root.querySelector<HTMLVideoElement>('#camera')!;
  const canvas = root.querySelector<HTMLCanvasElement>('#stage')!;
  const camera = createCamera({ video: cameraVideo, onEnded: () => dispatch({ type: 'camera-restarts' }) });
  const wakeLock = createWakeLock();
  const player = createPlayer(root.querySelector<HTMLVideoElement>('#player')!, {
    started: () => {
      telemetry?.record('video_started', { targetId: manifest!.targets[0]!.id });
      telemetry?.open();
    },
    completed: () => telemetry?.record('video_completed', { targetId: manifest!.targets[0]!.id }),
    failed: () => dispatch({ type: 'fall-back', reason: 'video-failed' }),
  });

  let state: State = { name: 'loading' };
  let manifest: Manifest | undefined;
  let telemetry: ReturnType<typeof createTelemetry> | undefined;
  let tracking: Tracking | undefined;
  let ar: { stage: Stage; targets: Targets; loop: FrameLoop } | undefined;
  /** Opens the camera in the next `starting`: the same one, or after "switch camera" the next. */
  let open = camera.start;
  let shownCrop: TrackedCrop | undefined;
  let projection: Float32Array | undefined;
  let focalPx: number | undefined;

  function dispatch(event: StateEvent): void {
    const before = state;
    state = next(before, event);
    if (state === before) return;
    debug.state = state.name;
    debug.reason = 'reason' in state ? state.reason : undefined;
    screens.show(state);
    enter(before);
    if (debug.reason !== undefined) telemetry?.record('failed', { reason: debug.reason });
  }

  function enter(before: State): void {
    switch (state.name) {
      case 'welcome':
        return prepareTracking();
      case 'starting':
        performance.mark('portico:start');
        leaveCamera();
        player.hide();
        screens.say('Starting the camera.');
        void startCamera();
        return;
      case 'searching':
        screens.say(before.name === 'playing' ? 'Picture out of view.' : 'Camera on. Point it at the picture.');
        return;
      case 'playing':
        screens.say('Picture found. The video is playing on it.');
        return;
      case 'resting':
        return leaveCamera();
      case 'player':
        leaveCamera();
        player.show(manifest!.targets[0]!.content, state.reason === undefined);
        screens.say(state.reason === undefined ? 'Playing the video.' : wordsFor(state.reason).title);
        return;
      case 'stopped':
        screens.say(wordsFor(state.reason).title);
        return;
      case 'loading':
    }
  }

  /** Marker, tracker and its WebAssembly load while people read the first screen and answer the permission prompt. */
  function prepareTracking(): void {
    if (!hasWasmSimd() || tracking !== undefined) return;
    const markers = Promise.all(manifest!.targets.map((target) => fetchMarker(target.marker.url)));
    tracking = createTracking(markers);
    const { longPx, shortPx } = LIKELY_CAMERA;
    const upright = innerHeight > innerWidth;
    const likely = { widthPx: upright ? shortPx : longPx, heightPx: upright ? longPx : shortPx };
    tracking.forSize(trackedCrop(likely)).catch(() => undefined);
  }

  /** Whether this browser can do it, asked before the camera is. */
  function prepareAr(): Reason | undefined {
    if (!hasWasmSimd()) return 'no-simd';
    prepareTracking();
    if (ar !== undefined) return undefined;
    const stage = createStage(canvas);
    if (stage === undefined) return 'no-webgl';
    const targets = createTargets({
      targets: manifest!.targets,
      stage,
      host: root.querySelector<HTMLElement>('#contents')!,
      onChange: () => screens.dock(targets.dock()),
      onFailed: () => dispatch({ type: 'fall-back', reason: 'video-failed' }),
      record: (type, about) => telemetry?.record(type, about),
    });
    const loop = createFrameLoop({
      video: cameraVideo,
      stage,
      trackerFor: (size) => tracking!.forSize(size),
      onFrame,
      onFailed: (error) => {
        tracking?.dispose();
        tracking = undefined;
        dispatch({ type: 'fall-back', reason: error instanceof MarkerLoadError || error instanceof MarkerFileError ? 'marker-failed' : 'tracker-failed' });
      },
    });
    ar = { stage, targets, loop };
    return undefined;
  }

  async function startCamera(): Promise<void> {
    const missing = prepareAr();
    if (missing !== undefined) return dispatch({ type: 'fall-back', reason: missing });
    ar!.targets.prepare();
    const opening = open();
    open = camera.start;
    const reason = await opening;
    if (state.name !== 'starting') return;
    if (reason !== undefined) return dispatch({ type: 'fall-back', reason });
    performance.mark('portico:camera');
    telemetry?.record('camera_started');
    screens.offerTurn(camera.count() > 1);
    dispatch({ type: 'camera-ready' });
    fitCanvas();
    ar!.loop.start();
    wakeLock.hold();
    if (document.hidden) dispatch({ type: 'hidden' });
  }

  function leaveCamera(): void {
    ar?.loop.stop();
    ar?.targets.leave();
    camera.stop();
    wakeLock.release();
  }

  /** A camera frame is on stage, and `result` tells where the pictures are in it. */
  function onFrame(result: FrameResult | undefined, crop: TrackedCrop): void {
    if (ar === undefined) return;
    // The tracker may find out the focal length as it goes.
    if (shownCrop !== crop || (result !== undefined && result.focalPx !== focalPx)) {
      shownCrop = crop;
      focalPx = result?.focalPx;
      projection = projectionMatrix({ frameWidthPx: crop.widthPx, frameHeightPx: crop.heightPx, focalPx }, 0.05, 100);
    }
    if (result !== undefined) {
      ar.targets.follow(result, performance.now());
      debug.noteFrame(result, crop, ar.targets.seconds());
      if (result.targets.some((target) => target.state === 'tracking')) debug.firstPose();
    }
    const drawn = draw();
    if (drawn && debug.firstArFrame()) telemetry?.open();
    dispatch(ar.targets.anyPresent() ? FOUND : LOST);
  }

  /** @returns whether content stands on a picture. */
  function draw(): boolean {
    if (ar === undefined || shownCrop === undefined || projection === undefined) return false;
    ar.stage.drawCamera();
    return ar.targets.draw(projection, shownCrop);
  }

  function fitCanvas(): void {
    const ratio = Math.min(devicePixelRatio, MOST_PIXEL_RATIO);
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (width === 0 || (width === canvas.width && height === canvas.height)) return;
    canvas.width = width;
    canvas.height = height;
    draw();
  }

  function wish(wanted: Wish): void {
    switch (wanted) {
      case 'start':
      case 'just-play':
        return dispatch({ type: wanted });
      case 'again':
        return again();
      case 'turn':
        open = camera.turn;
        return dispatch({ type: 'camera-restarts' });
      default:
        ar?.targets.command(wanted);
    }
  }

  function again(): void {
    const reason = 'reason' in state ? state.reason : undefined;
    const what = reason && wordsFor(reason).again;
    if (what === 'camera') dispatch({ type: 'start' });
    else if (what === 'reload') location.reload();
    else if (what === 'copy-link') {
      navigator.clipboard?.writeText(location.href).then(
        () => screens.answer('Link copied'),
        () => screens.answer('Copy it from the address bar'),
      );
    }
  }

  const onVisibility = () => {
    if (document.hidden) telemetry?.flush();
    dispatch({ type: document.hidden ? 'hidden' : 'seen' });
  };
  const onPageHide = () => {
    telemetry?.record('session_ended', { value: Math.round(ar?.targets.watchedSeconds() ?? 0) });
    telemetry?.flush();
  };
  const resized = new ResizeObserver(fitCanvas);
  resized.observe(canvas);
  document.addEventListener('visibilitychange', onVisibility);
  addEventListener('pagehide', onPageHide);

  screens.show(state);
  void readManifest(manifestResponse, () => navigator.onLine).then((outcome) => {
    if ('reason' in outcome) return dispatch({ type: 'manifest-failed', reason: outcome.reason });
    manifest = outcome.manifest;
    performance.mark('portico:manifest');
    telemetry = createTelemetry({
      code,
      url: manifest.telemetryUrl,
      send: sendBatch,
      newId: () => crypto.randomUUID(),
      now: () => new Date(),
      later: (run, milliseconds) => setTimeout(run, milliseconds),
    });
    telemetry.record('view_started');
    screens.fill(manifest);
    dispatch({ type: 'manifest-ready' });
  });

  return {
    dispose() {
      resized.disconnect();
      document.removeEventListener('visibilitychange', onVisibility);
      removeEventListener('pagehide', onPageHide);
      ar?.loop.dispose();
      ar?.targets.dispose();
      ar?.stage.dispose();
      tracking?.dispose();
      camera.dispose();
      wakeLock.release();
      player.dispose();
      screens.dispose();
    },
  };
}

class MarkerLoadError extends Error {}

async function fetchMarker(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url).catch(() => undefined);
  if (!answer?.ok) throw new MarkerLoadError(`${url}: ${answer?.status ?? 'no answer'}`);
  return answer.arrayBuffer();
}
