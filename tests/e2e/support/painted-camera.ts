import type { Page } from 'playwright-core';

/** What the camera sees: pictures held flat before it, on a plain wall. Pixels of the camera's frame. */
export interface Scene {
  widthPx: number;
  heightPx: number;
  pictures: { url: string; centreX: number; centreY: number; widthPx: number; aspect: number }[];
}

/** A camera of the painted phone, as `enumerateDevices` and its track tell it. */
export interface PaintedLens {
  label: string;
  capabilities?: Record<string, unknown>;
}

/** A phone whose cameras film a scene that the test changes at will: it turns round, shows several pictures, or falls silent. */
export interface PaintedCamera {
  show(scene: Scene): Promise<void>;
  /** The open camera falls silent or comes back, as when a call takes it. */
  mute(muted: boolean): Promise<void>;
  /** The open camera ends, and opening one fails with this error until it is undefined. */
  takeAway(error: string | undefined): Promise<void>;
  /** Labels of the cameras opened so far, in order. */
  opened(): Promise<string[]>;
  /** What was last asked of the open camera's lens and light. */
  lens(): Promise<Record<string, unknown>>;
  /** Cameras that were opened and not stopped. */
  running(): Promise<number>;
}

interface InPage {
  show(scene: Scene): void;
  mute(muted: boolean): void;
  takeAway(error: string | undefined): void;
  opened: string[];
  lens: Record<string, unknown>;
  running(): number;
}

/** Replaces the page's cameras; call before it is opened. The first lens is the one that the browser prefers. */
export async function usePaintedCamera(page: Page, scene: Scene, lenses: PaintedLens[] = [{ label: 'Back Camera' }]): Promise<PaintedCamera> {
  await page.addInitScript(paint, { scene, lenses });
  const call = <T>(what: string): Promise<T> => page.evaluate(`window.paintedCamera.${what}`);
  return {
    show: (next) => call(`show(${JSON.stringify(next)})`),
    mute: (muted) => call(`mute(${muted})`),
    takeAway: (error) => call(`takeAway(${JSON.stringify(error)})`),
    opened: () => call('opened'),
    lens: () => call('lens'),
    running: () => call('running()'),
  };
}

/** Runs in the page, before its own scripts. */
function paint({ scene, lenses }: { scene: Scene; lenses: PaintedLens[] }): void {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  const images = new Map<string, HTMLImageElement>();
  const tracks = new Set<MediaStreamTrack>();
  let error: string | undefined;
  let frames = 0;

  function show(next: Scene): void {
    scene = next;
    if (canvas.width !== scene.widthPx) canvas.width = scene.widthPx;
    if (canvas.height !== scene.heightPx) canvas.height = scene.heightPx;
    for (const { url } of scene.pictures) {
      if (images.has(url)) continue;
      const image = new Image();
      image.src = url;
      images.set(url, image);
    }
  }

  function draw(): void {
    // No two frames are the same: browsers give none for a canvas that doesn't change.
    context.fillStyle = frames++ % 2 ? '#8a857d' : '#8b857d';
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const { url, centreX, centreY, widthPx, aspect } of scene.pictures) {
      const image = images.get(url)!;
      const heightPx = widthPx / aspect;
      if (image.complete) context.drawImage(image, centreX - widthPx / 2, centreY - heightPx / 2, widthPx, heightPx);
    }
  }

  const idOf = (lens: PaintedLens) => `id of ${lens.label}`;
  async function open(constraints: MediaStreamConstraints): Promise<MediaStream> {
    if (error !== undefined) throw new DOMException('', error);
    const wanted = ((constraints.video as MediaTrackConstraints).deviceId as { exact: string } | undefined)?.exact;
    const lens = wanted === undefined ? lenses[0]! : lenses.find((candidate) => idOf(candidate) === wanted);
    if (lens === undefined) throw new DOMException('', 'OverconstrainedError');
    const stream = canvas.captureStream(30);
    const track = stream.getVideoTracks()[0]!;
    const timer = setInterval(() => (tracks.has(track) ? draw() : clearInterval(timer)), 33);
    tracks.add(track);
    camera.opened.push(lens.label);
    camera.lens = {};
    const stop = track.stop.bind(track);
    Object.defineProperty(track, 'label', { value: lens.label });
    Object.assign(track, {
      stop: () => {
        tracks.delete(track);
        stop();
      },
      getSettings: () => ({ deviceId: idOf(lens), width: canvas.width, height: canvas.height }),
      getCapabilities: () => lens.capabilities ?? {},
      applyConstraints: (asked: { advanced: Record<string, unknown>[] }) => {
        camera.lens = Object.assign({}, ...asked.advanced) as Record<string, unknown>;
        return Promise.resolve();
      },
    });
    return stream;
  }

  const camera: InPage = {
    show,
    mute(muted) {
      for (const track of tracks) {
        Object.defineProperty(track, 'muted', { configurable: true, value: muted });
        track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
      }
    },
    takeAway(reason) {
      error = reason;
      if (error === undefined) return;
      for (const track of [...tracks]) {
        tracks.delete(track);
        track.dispatchEvent(new Event('ended'));
      }
    },
    opened: [],
    lens: {},
    running: () => tracks.size,
  };
  (window as never as { paintedCamera: InPage }).paintedCamera = camera;
  show(scene);
  navigator.mediaDevices.getUserMedia = (constraints) => open(constraints!);
  navigator.mediaDevices.enumerateDevices = () =>
    Promise.resolve(lenses.map((lens) => ({ kind: 'videoinput', deviceId: idOf(lens), label: lens.label, groupId: '' }) as MediaDeviceInfo));
}
