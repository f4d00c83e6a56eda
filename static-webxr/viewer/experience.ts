import { focalLengthPx, MarkerFileError, projectionMatrix, type FrameResult, type TrackerOptions } from '@portico/tracker';
import type { Manifest } from '../shared/manifest.ts';
import { createCamera } from './camera.ts';
import { createDebug } from './debug.ts';
import { trackedCrop, type TrackedCrop } from './fit.ts';
import { createFrameLoop, type FrameLoop } from './frame-loop.ts';
import { readManifest } from './manifest.ts';
import { createMotion } from './motion.ts';
import { createPlayer } from './player.ts';
import { wordsFor, type Reason } from './reasons.ts';
import { createRecovery } from './recovery.ts';
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
/** Reasons that pass by themselves when the camera ran before. */
const PASSING: readonly Reason[] = ['camera-busy', 'camera-failed', 'no-camera'];
/** A camera that ends sooner than this after it was opened hasn't come to stay. */
const SHORT_RUN_MS = 3000;
/** More device pixels than these a camera picture doesn't fill. */
const MOST_PIXEL_RATIO = 2;

/**
 * One visit, from the address to the video on the picture. `states.ts` says what follows what; here stands what
 * is done about it: every event goes through `dispatch`, every change of state through `enter`.
 */
export function createExperience({ code, manifestResponse, root }: ExperienceOptions): { dispose(): void } {
  const debug = createDebug(() => ar?.targets.seconds() ?? 0);
  const screens = createScreens(root, wish);
  const cameraVideo = root.querySelector<HTMLVideoElement>('#camera')!;
  const canvas = root.querySelector<HTMLCanvasElement>('#stage')!;
  const camera = createCamera({
    video: cameraVideo,
    on: {
      // One that ends as soon as it is opened is asked for again after a pause.
      ended: () => dispatch({ type: performance.now() - cameraSinceMs > SHORT_RUN_MS ? 'camera-restarts' : 'camera-gone' }),
      muted: () => dispatch({ type: 'camera-gone' }),
      unmuted: cameraReady,
      lightChanged: () => screens.offerLight(camera.light()),
    },
  });
  const recovery = createRecovery(() => void reopenCamera());
  const motion = createMotion();
  const wakeLock = createWakeLock();
  const player = createPlayer(root.querySelector<HTMLVideoElement>('#player')!, {
    started: () => {
      telemetry?.record('video_started', { targetId: manifest!.targets[playing]!.id });
      telemetry?.open();
    },
    completed: () => telemetry?.record('video_completed', { targetId: manifest!.targets[playing]!.id }),
    failed: () => dispatch({ type: 'fall-back', reason: 'video-failed' }),
  });

  let disposed = false;
  let state: State = { name: 'loading' };
  let manifest: Manifest | undefined;
  let telemetry: ReturnType<typeof createTelemetry> | undefined;
  let tracking: Tracking | undefined;
  let ar: { stage: Stage; targets: Targets; loop: FrameLoop } | undefined;
  /** Opens the camera in the next `starting`: the same one, or after "switch camera" the next. */
  let open = camera.start;
  /** Since the camera has run, losing it is an interruption, not a reason to give up. */
  let cameraRan = false;
  let cameraSinceMs = 0;
  /** The target whose video the plain player has. */
  let playing = 0;
  let shownCrop: TrackedCrop | undefined;
  let projection: Float32Array | undefined;

  function dispatch(event: StateEvent): void {
    if (disposed) return;
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
        if (before.name === 'welcome') performance.mark('portico:start');
        leaveCamera();
        player.hide();
        screens.say('Starting the camera.');
        void startCamera();
        return;
      case 'searching':
        if (before.name !== 'playing') lookForPictures();
        screens.say(before.name === 'playing' ? 'Picture out of view.' : 'Camera on. Point it at the picture.');
        return;
      case 'playing':
        screens.say('Picture found. The video is playing on it.');
        return;
      case 'interrupted':
        stopLooking();
        recovery.next();
        screens.say('The camera is paused. It goes on by itself.');
        return;
      case 'resting':
        leaveCamera();
        // Nobody expects a light to go on when they come back to a page.
        void camera.setLight(false);
        return;
      case 'player':
        leaveCamera();
        cameraRan = false;
        void camera.setLight(false);
        if (before.name !== 'player') playing = ar === undefined ? 0 : manifest!.targets.indexOf(ar.targets.active());
        showPlayer(state.reason === undefined);
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
    const crop = trackedCrop({ widthPx: upright ? shortPx : longPx, heightPx: upright ? longPx : shortPx });
    tracking.forCamera({ frameWidthPx: crop.widthPx, frameHeightPx: crop.heightPx }).catch(() => undefined);
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
      trackerFor: (crop) => tracking!.forCamera(frameOptions(crop)),
      turnAt: motion.at,
      onFrame,
      onFailed: (error) => {
        tracking?.dispose();
        tracking = undefined;
        dispatch({ type: 'fall-back', reason: error instanceof MarkerLoadError || error instanceof MarkerFileError ? 'marker-failed' : 'tracker-failed' });
      },
      onStalled: () => dispatch({ type: 'camera-restarts' }),
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
    if (reason === undefined) {
      if (!cameraRan) performance.mark('portico:camera');
      telemetry?.record('camera_started');
      return cameraReady();
    }
    const passes = cameraRan && PASSING.includes(reason);
    dispatch(passes ? { type: 'camera-gone' } : { type: 'fall-back', reason });
  }

  /** Behind the words that say it is interrupted. */
  async function reopenCamera(): Promise<void> {
    const reason = await camera.start();
    if (state.name !== 'interrupted') return;
    if (reason === undefined) cameraReady();
    else if (PASSING.includes(reason)) recovery.next();
    else dispatch({ type: 'fall-back', reason });
  }

  function cameraReady(): void {
    dispatch({ type: 'camera-ready' });
    // The permission prompt may have hidden the page.
    if (document.hidden) dispatch({ type: 'hidden' });
  }

  /** The camera runs: shows its picture and looks for those of the link. */
  function lookForPictures(): void {
    recovery.stop();
    cameraRan = true;
    cameraSinceMs = performance.now();
    screens.offerTurn(camera.count() > 1);
    screens.offerLight(camera.light());
    fitCanvas();
    ar!.loop.start();
    wakeLock.hold();
  }

  function stopLooking(): void {
    ar?.loop.stop();
    ar?.targets.leave();
    wakeLock.release();
  }

  function leaveCamera(): void {
    recovery.stop();
    stopLooking();
    camera.stop();
  }

  async function switchLight(): Promise<void> {
    const on = camera.light() !== true;
    const done = await camera.setLight(on);
    screens.say(done ? (on ? 'Light on.' : 'Light off.') : 'The light can’t be switched.');
  }

  /** A camera frame is on stage, and `result` tells where the pictures are in it. */
  function onFrame(result: FrameResult | undefined, crop: TrackedCrop): void {
    if (ar === undefined) return;
    if (shownCrop !== crop) {
      shownCrop = crop;
      projection = projectionMatrix(frameOptions(crop), 0.05, 100);
      ar.targets.blink();
    }
    if (result !== undefined && projection !== undefined) {
      // The tracker finds out the focal length as it goes.
      projection[0] = (2 * result.focalPx) / crop.widthPx;
      projection[5] = (2 * result.focalPx) / crop.heightPx;
      ar.targets.follow(result, performance.now());
      debug.noteFrame(result, crop);
      if (debug.firstPoseMs === undefined && result.targets.some(({ state: seen }) => seen === 'tracking')) debug.firstPose();
    }
    const drawn = draw();
    if (drawn && debug.firstArFrame()) telemetry?.open();
    dispatch(ar.targets.anyPresent() ? FOUND : LOST);
  }

  /** Of an ultra-wide lens the focal length is known; the tracker finds out about the others, which differ less. */
  function frameOptions(crop: TrackedCrop): TrackerOptions {
    const options: TrackerOptions = { frameWidthPx: crop.widthPx, frameHeightPx: crop.heightPx };
    const share = camera.focalShare();
    return share === undefined ? options : { ...options, focalPx: share * focalLengthPx(options) };
  }

  /** @returns whether content stands on a picture. */
  function draw(): boolean {
    if (ar === undefined || shownCrop === undefined || projection === undefined) return false;
    ar.stage.drawCamera();
    return ar.targets.draw(projection, shownCrop);
  }

  function showPlayer(autoplay: boolean): void {
    player.show(manifest!.targets[playing]!.content, autoplay);
    screens.markChoice(playing);
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

  function wish(wanted: Wish, choice: number): void {
    switch (wanted) {
      case 'start':
        motion.start();
        return dispatch({ type: wanted });
      case 'just-play':
        return dispatch({ type: wanted });
      case 'again':
        return again();
      case 'turn':
        open = camera.turn;
        tracking?.forget();
        return dispatch({ type: 'camera-restarts' });
      case 'choose':
        playing = choice;
        return showPlayer(true);
      case 'light':
        return void switchLight();
      default:
        ar?.targets.command(wanted);
    }
  }

  function again(): void {
    const reason = 'reason' in state ? state.reason : undefined;
    const what = reason && wordsFor(reason).again;
    if (what === 'camera') wish('start', 0);
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

  debug.dispose = dispose;
  return { dispose };

  function dispose(): void {
    disposed = true;
    resized.disconnect();
    document.removeEventListener('visibilitychange', onVisibility);
    removeEventListener('pagehide', onPageHide);
    recovery.stop();
    ar?.loop.dispose();
    ar?.targets.dispose();
    ar?.stage.dispose();
    tracking?.dispose();
    camera.dispose();
    motion.dispose();
    wakeLock.release();
    player.dispose();
    screens.dispose();
  }
}

class MarkerLoadError extends Error {}

async function fetchMarker(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url).catch(() => undefined);
  if (!answer?.ok) throw new MarkerLoadError(`${url}: ${answer?.status ?? 'no answer'}`);
  return answer.arrayBuffer();
}
