import { betterThan, cameraReason, switchable, type CameraDevice } from './camera-choice.ts';
import type { Reason } from './reasons.ts';

export interface CameraOptions {
  /** Shows the stream to the browser; kept in the page, as browsers stop decoding for elements outside it. */
  video: HTMLVideoElement;
  /** The running camera ended by itself: unplugged, or taken by the system. */
  onEnded(): void;
}

export interface Camera {
  /** Opens the camera and waits for its first frame. Undefined when it runs, else why it doesn't. Never rejects. */
  start(): Promise<Reason | undefined>;
  /** Releases the camera; the system's indicator goes out. */
  stop(): void;
  /** How many cameras {@link turn} goes through. */
  count(): number;
  /** Changes to the next camera. */
  turn(): Promise<Reason | undefined>;
  dispose(): void;
}

const FIRST_FRAME_TIMEOUT_MS = 8000;
/** A phone held upright turns width and height around by itself. Scaling in software would only cost time. */
const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, resizeMode: { ideal: 'none' } };

export function createCamera({ video, onEnded }: CameraOptions): Camera {
  let stream: MediaStream | undefined;
  let cameras: CameraDevice[] = [];
  let chosenId: string | undefined;
  /** Rises with every start and stop: what belongs to an older one gives up its stream and falls silent. */
  let turnNumber = 0;

  function release(): void {
    for (const track of stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    stream = undefined;
    video.srcObject = null;
  }

  async function open(deviceId: string | undefined): Promise<MediaStream> {
    const which: MediaTrackConstraints =
      deviceId === undefined ? { facingMode: { ideal: 'environment' } } : { deviceId: { exact: deviceId } };
    return navigator.mediaDevices.getUserMedia({ video: { ...which, ...SIZE }, audio: false });
  }

  /** The chosen camera or, if it has gone meanwhile, whichever the browser gives. */
  async function openChosen(): Promise<MediaStream> {
    try {
      return await open(chosenId);
    } catch (error) {
      if (chosenId === undefined || cameraReason(error) !== 'no-camera') throw error;
      chosenId = undefined;
      return open(undefined);
    }
  }

  async function openBest(): Promise<MediaStream> {
    const opened = await openChosen();
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => [] as MediaDeviceInfo[]);
    cameras = switchable(devices.filter((device) => device.kind === 'videoinput'));
    const track = opened.getVideoTracks()[0];
    const better = chosenId === undefined && track ? betterThan(track.label, cameras) : undefined;
    chosenId = track?.getSettings().deviceId;
    if (better === undefined) return opened;
    for (const unused of opened.getTracks()) unused.stop();
    try {
      const main = await open(better.deviceId);
      chosenId = better.deviceId;
      return main;
    } catch {
      return open(chosenId);
    }
  }

  async function start(): Promise<Reason | undefined> {
    if (!window.isSecureContext) return 'insecure-page';
    if (!navigator.mediaDevices?.getUserMedia) return 'in-app-browser';
    release();
    const mine = ++turnNumber;
    try {
      const opened = await openBest();
      if (mine !== turnNumber) {
        for (const track of opened.getTracks()) track.stop();
        return undefined;
      }
      stream = opened;
      for (const track of stream.getVideoTracks()) track.onended = onEnded;
      video.srcObject = stream;
      await firstFrame(video);
      return undefined;
    } catch (error) {
      if (mine !== turnNumber) return undefined;
      release();
      return cameraReason(error);
    }
  }

  function stop(): void {
    turnNumber++;
    release();
  }

  return {
    start,
    stop,
    count: () => cameras.length,
    turn() {
      const at = cameras.findIndex((camera) => camera.deviceId === chosenId);
      chosenId = cameras[(at + 1) % cameras.length]?.deviceId;
      return start();
    },
    dispose: stop,
  };
}

/** @throws DOMException `AbortError` when no frame comes: some other program holds the camera. */
async function firstFrame(video: HTMLVideoElement): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => done(new DOMException('No frame came.', 'AbortError')), FIRST_FRAME_TIMEOUT_MS);
    const ready = () => done();
    function done(error?: DOMException): void {
      clearTimeout(timer);
      video.removeEventListener('loadeddata', ready);
      if (error) reject(error);
      else resolve();
    }
    video.addEventListener('loadeddata', ready);
    // Rejects when a newer stream takes its place; the time-out answers if there is none.
    video.play().catch(() => undefined);
  });
}
