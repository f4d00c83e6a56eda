import type { ManifestVideo } from '../shared/manifest.ts';
import { renditionsByFit, type Connection } from './rendition.ts';
import type { Stage, Surface } from './stage.ts';

export interface ContentOptions {
  video: ManifestVideo;
  /** From {@link createVideoElement}; given back by `dispose`. */
  element: HTMLVideoElement;
  startSeconds: number;
  muted: boolean;
  stage: Stage;
  on: {
    started(): void;
    /** It ran to its end, once for every time round. */
    completed(): void;
    /** Playing, muted or ended changed: show the matching buttons. */
    changed(): void;
    /** No rendition plays. */
    failed(): void;
  };
}

/** A video that plays on a picture. */
export interface Content {
  surface: Surface;
  hasAudio: boolean;
  /** Begins to load, so that the first frame is there when the picture is found. */
  prepare(): void;
  /** Plays on, with sound if the browser lets it; not after the end. */
  play(): void;
  pause(): void;
  /** From the start, after the end. */
  replay(): void;
  setMuted(muted: boolean): void;
  readonly muted: boolean;
  /** True when sound was refused until somebody taps. */
  readonly soundBlocked: boolean;
  readonly playing: boolean;
  readonly ended: boolean;
  readonly seconds: number;
  /** Seconds watched, all in all. */
  readonly watchedSeconds: number;
  /** Brings the surface to the current picture. Call before drawing. */
  update(): void;
  /** @returns the element, fit for another content. */
  dispose(): HTMLVideoElement;
}

/** Clips up to this long go round; longer ones end and offer to play again. */
const LOOP_SECONDS = 20;
/** A browser that pauses a video for its sound does so at once. */
const UNMUTED_MS = 500;

/** @param host keeps it in the page: some browsers don't decode elsewhere. */
export function createVideoElement(host: HTMLElement): HTMLVideoElement {
  const element = document.createElement('video');
  element.playsInline = true;
  element.crossOrigin = 'anonymous';
  host.append(element);
  return element;
}

/** Has the browser load the picture that stands for the video until it plays. */
export function loadPoster(video: ManifestVideo): HTMLImageElement {
  const poster = new Image();
  poster.crossOrigin = 'anonymous';
  poster.src = video.poster.url;
  return poster;
}

export function createContent({ video, element, startSeconds, muted, stage, on }: ContentOptions): Content {
  const surface = stage.createSurface();
  const listening = new AbortController();
  const renditions = renditionsByFit(video.renditions, playback(element));
  let rendition = 0;
  let poster: HTMLImageElement | undefined;
  let wanted = false;
  let started = false;
  let ended = false;
  let soundBlocked = false;
  let frameIsNew = false;
  let playingSinceMs: number | undefined;
  let watchedMs = 0;
  let unmutedMs = -Infinity;
  let announced = 0;

  element.muted = muted || !video.hasAudio;

  const listen = <K extends keyof HTMLMediaElementEventMap>(type: K, run: () => void) =>
    element.addEventListener(type, run, { signal: listening.signal });
  listen('playing', () => {
    playingSinceMs ??= performance.now();
    if (!started) on.started();
    started = true;
    on.changed();
  });
  for (const type of ['pause', 'waiting', 'ended'] as const) listen(type, stopWatch);
  listen('pause', () => {
    // Some browsers pause what gets its sound without a tap: it plays on, if need be silently.
    if (wanted && !element.muted && !element.ended && performance.now() - unmutedMs < UNMUTED_MS) void attempt();
    on.changed();
  });
  listen('ended', () => {
    on.completed();
    if (video.durationSeconds <= LOOP_SECONDS) return restart();
    ended = true;
    on.changed();
  });
  listen('error', () => {
    if (element.error === null || rendition >= renditions.length) return;
    const at = element.currentTime;
    if (++rendition === renditions.length) return on.failed();
    load();
    element.currentTime = at;
    if (wanted) void attempt();
  });

  const framesAnnounced = 'requestVideoFrameCallback' in element;
  if (framesAnnounced) announced = element.requestVideoFrameCallback(onFrame);
  function onFrame(): void {
    frameIsNew = true;
    announced = element.requestVideoFrameCallback(onFrame);
  }

  function stopWatch(): void {
    if (playingSinceMs !== undefined) watchedMs += performance.now() - playingSinceMs;
    playingSinceMs = undefined;
  }

  function load(): void {
    element.src = renditions[rendition]!.url;
    element.load();
  }

  function prepare(): void {
    if (poster !== undefined) return;
    poster = loadPoster(video);
    element.preload = 'auto';
    load();
    if (startSeconds > 0) element.currentTime = startSeconds;
  }

  /** With sound first; where that needs a tap, silently, and the page offers the tap. */
  async function attempt(): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError' || element.muted) return;
      element.muted = soundBlocked = true;
      await element.play().catch(() => undefined);
      on.changed();
    }
  }

  function play(): void {
    if (ended || wanted) return;
    prepare();
    wanted = true;
    void attempt();
  }

  function restart(): void {
    ended = false;
    element.currentTime = 0;
    if (wanted) void attempt();
  }

  return {
    surface,
    hasAudio: video.hasAudio,
    prepare,
    play,
    pause() {
      if (!wanted) return;
      wanted = false;
      element.pause();
    },
    replay() {
      wanted = true;
      restart();
    },
    setMuted(muted) {
      if (element.muted && !muted) unmutedMs = performance.now();
      element.muted = muted || !video.hasAudio;
      if (!muted) soundBlocked = false;
      on.changed();
    },
    get muted() {
      return element.muted;
    },
    get soundBlocked() {
      return soundBlocked;
    },
    get playing() {
      return !element.paused;
    },
    get ended() {
      return ended;
    },
    get seconds() {
      return element.currentTime;
    },
    get watchedSeconds() {
      return (watchedMs + (playingSinceMs === undefined ? 0 : performance.now() - playingSinceMs)) / 1000;
    },
    update() {
      const hasFrame = element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && started;
      if (hasFrame && (frameIsNew || surface.empty || !framesAnnounced)) {
        surface.upload(element);
        frameIsNew = false;
      } else if (surface.empty && poster?.complete && poster.naturalWidth > 0) {
        surface.upload(poster);
      }
    },
    dispose() {
      wanted = false;
      stopWatch();
      listening.abort();
      if (framesAnnounced) element.cancelVideoFrameCallback(announced);
      element.removeAttribute('src');
      element.load();
      surface.dispose();
      return element;
    },
  };
}

/** What this device says about itself; also decides for the plain player. */
export function playback(element: HTMLVideoElement) {
  return {
    screenShortSide: Math.min(screen.width, screen.height),
    pixelRatio: devicePixelRatio,
    connection: (navigator as { connection?: Connection }).connection,
    canPlayType: (type: string) => element.canPlayType(type),
  };
}
