import { betterThan, cameraDevices, cameraReason, focalShare, indistinct, switchable, type CameraDevice } from './camera-choice.ts';
import { createLens, type Lens } from './lens.ts';
import type { Reason } from './reasons.ts';

export interface CameraOptions {
  /** Shows the stream to the browser; kept in the page, as browsers stop decoding for elements outside it. */
  video: HTMLVideoElement;
  on: {
    /** The running camera ended by itself: unplugged, or taken by the system. */
    ended(): void;
    /** It is still ours but gives no pictures: a call, or another app in front. */
    muted(): void;
    /** It gives pictures again. */
    unmuted(): void;
    /** What {@link Camera.light} says may have changed. */
    lightChanged(): void;
  };
}

export interface Camera {
  /** Opens the camera and waits for its first frame. Undefined when it runs, else why it doesn't. Never rejects. */
  start(): Promise<Reason | undefined>;
  /** Releases the camera; the system's indicator goes out. */
  stop(): void;
  /** How many cameras {@link turn} goes through. */
  count(): number;
  /** Changes to the next camera, for the rest of the browser's session. */
  turn(): Promise<Reason | undefined>;
  /** Focal length of the open camera, as a share of what main cameras have, where its name tells. */
  focalShare(): number | undefined;
  /** Whether the light is on; undefined when the open camera has none. */
  light(): boolean | undefined;
  /** Switches the light; it stays so over changes of camera. @returns whether the camera did as asked. */
  setLight(on: boolean): Promise<boolean>;
  dispose(): void;
}

const FIRST_FRAME_TIMEOUT_MS = 8000;
/** Cameras fall silent for moments while they change lens or exposure. */
const MUTED_AFTER_MS = 700;
const LENS_KNOWN_AFTER_MS = 700;
/** Cameras tried one after the other for the one with the light. */
const MOST_TRIED = 2;
/** A phone held upright turns width and height around by itself. Scaling in software would only cost time. */
const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, resizeMode: { ideal: 'none' } };

export function createCamera({ video, on }: CameraOptions): Camera {
  let stream: MediaStream | undefined;
  let lens: Lens | undefined;
  let lightOn = false;
  let cameras: CameraDevice[] = [];
  let chosenId = ownChoice.read();
  let timers: ReturnType<typeof setTimeout>[] = [];
  /** Rises with every start and stop: what belongs to an older one gives up its stream and falls silent. */
  let turnNumber = 0;

  function release(): void {
    for (const timer of timers.splice(0)) clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) {
      track.onended = track.onmute = track.onunmute = null;
      track.stop();
    }
    stream = lens = undefined;
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
    const devices = cameraDevices(await navigator.mediaDevices.enumerateDevices().catch(() => []));
    cameras = switchable(devices);
    const track = opened.getVideoTracks()[0];
    const known = chosenId !== undefined;
    chosenId = track?.getSettings().deviceId;
    if (known || track === undefined) return opened;
    const current = devices.find((device) => device.deviceId === chosenId) ?? { deviceId: chosenId ?? '', label: track.label };
    const better = betterThan(current, devices);
    if (better !== undefined) return (await changeTo(opened, better)) ?? open(chosenId);
    return hasNoLight(track) ? withLight(opened, indistinct(current, devices).slice(0, MOST_TRIED)) : opened;
  }

  /** Phones give one camera at a time: the open one goes first. @returns undefined when the other doesn't open. */
  async function changeTo(opened: MediaStream, other: CameraDevice): Promise<MediaStream | undefined> {
    stopTracks(opened);
    try {
      const changed = await open(other.deviceId);
      chosenId = other.deviceId;
      return changed;
    } catch {
      return undefined;
    }
  }

  /** The first of these cameras that has a light, or the one that was open when none has. */
  async function withLight(opened: MediaStream, others: CameraDevice[]): Promise<MediaStream> {
    const firstId = chosenId;
    let current: MediaStream | undefined = opened;
    for (const other of others) {
      current = await changeTo(current ?? opened, other);
      const track = current?.getVideoTracks()[0];
      if (current && track && !hasNoLight(track)) return current;
    }
    if (others.length === 0) return opened;
    if (current !== undefined) stopTracks(current);
    chosenId = firstId;
    return open(firstId);
  }

  function watch(track: MediaStreamTrack, mine: number): void {
    const later = (run: () => void, milliseconds: number) =>
      timers.push(setTimeout(() => void (mine === turnNumber && run()), milliseconds));
    const onMute = () => later(() => track.muted && on.muted(), MUTED_AFTER_MS);
    track.onended = on.ended;
    track.onmute = onMute;
    track.onunmute = () => {
      // Browsers pause an element whose stream fell silent.
      video.play().catch(() => undefined);
      on.unmuted();
    };
    if (track.muted) onMute();
    lens = createLens(track);
    void lens.set(lightOn).then(() => mine === turnNumber && on.lightChanged());
    later(() => void lens?.set(lightOn).then(() => mine === turnNumber && on.lightChanged()), LENS_KNOWN_AFTER_MS);
  }

  async function start(): Promise<Reason | undefined> {
    if (!window.isSecureContext) return 'insecure-page';
    if (!navigator.mediaDevices?.getUserMedia) return 'in-app-browser';
    release();
    const mine = ++turnNumber;
    try {
      const opened = await openBest();
      if (mine !== turnNumber) {
        stopTracks(opened);
        return undefined;
      }
      stream = opened;
      video.srcObject = stream;
      await firstFrame(video);
      const track = opened.getVideoTracks()[0];
      if (mine === turnNumber && track) watch(track, mine);
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
      ownChoice.keep(chosenId);
      return start();
    },
    focalShare: () => focalShare(stream?.getVideoTracks()[0]?.label ?? ''),
    light: () => (lens?.hasLight() ? lightOn : undefined),
    async setLight(wanted) {
      lightOn = wanted;
      const by = lens;
      const done = (await by?.set(wanted)) ?? !wanted;
      if (!done && by === lens) lightOn = false;
      on.lightChanged();
      return done;
    },
    dispose: stop,
  };
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function hasNoLight(track: MediaStreamTrack): boolean {
  const lens = createLens(track);
  return lens.known && !lens.hasLight();
}

const CHOICE = 'portico:camera';
/** The camera somebody changed to, for as long as the browser's tab lives. */
const ownChoice = {
  read(): string | undefined {
    try {
      return sessionStorage.getItem(CHOICE) ?? undefined;
    } catch {
      return undefined;
    }
  },
  keep(deviceId: string | undefined): void {
    try {
      if (deviceId !== undefined) sessionStorage.setItem(CHOICE, deviceId);
    } catch {
      // A browser that keeps nothing: the choice lasts as long as the page.
    }
  },
};

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
