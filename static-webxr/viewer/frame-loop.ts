import type { CameraFrame, DeviceTurn, FrameResult, Tracker } from '@portico/tracker';
import { trackedCrop, type TrackedCrop } from './fit.ts';
import type { Stage } from './stage.ts';

export interface FrameLoopOptions {
  video: HTMLVideoElement;
  stage: Stage;
  /** A tracker for frames of this size. Asked whenever the camera starts or its frames change their size. */
  trackerFor(crop: TrackedCrop): Promise<Tracker>;
  /** How the phone was turned at a time, where that is known. */
  turnAt(timestampMs: number): DeviceTurn | undefined;
  /**
   * A frame is now the one shown; draw it. Without a result it wasn't tracked: the tracker is still being made.
   * The result is valid until this returns.
   */
  onFrame(result: FrameResult | undefined, crop: TrackedCrop): void;
  onFailed(error: unknown): void;
  /** The camera is on and gives no frames. */
  onStalled(): void;
}

export interface FrameLoop {
  start(): void;
  stop(): void;
  dispose(): void;
}

/** Far longer than between two frames of any camera. */
const SILENCE_MS = 1500;
/** Silences in a row after which the camera is taken for stalled; a busy machine is late once or twice. */
const MOST_SILENCES = 3;

/**
 * Takes each frame of the camera once, has it tracked, and shows that very frame with the poses found in it. One
 * frame is under way at a time: when tracking is slower than the camera, frames in between are passed over and
 * never queue up.
 */
export function createFrameLoop({ video, stage, trackerFor, turnAt, onFrame, onFailed, onStalled }: FrameLoopOptions): FrameLoop {
  /** The browser tells of each camera frame; some stop doing so, and the display's frames set the pace then. */
  let framesAnnounced = 'requestVideoFrameCallback' in video;
  /** Since frames were last listened for. */
  let announced = false;
  let heardTime = 0;
  let silences = 0;
  let listening: ReturnType<typeof setInterval> | undefined;
  let running = false;
  let handle = 0;
  let busy = false;
  let crop: TrackedCrop | undefined;
  /** The camera's time in the frame captured last. */
  let capturedTime = -1;
  let cameraWidthPx = 0;
  let cameraHeightPx = 0;
  let tracker: Tracker | undefined;
  let pixels = new Uint8Array(0);
  /** Frames under way when the loop stops belong to a run that is over. */
  let run = 0;
  /** The one frame that is being tracked, and what it belongs to: kept, so that no frame leaves anything behind. */
  const frame: CameraFrame = { rgba: pixels.buffer, timestampMs: 0 };
  let frameCrop: TrackedCrop | undefined;
  let trackedBy: Tracker | undefined;
  let trackedRun = 0;

  function schedule(): void {
    handle = framesAnnounced ? video.requestVideoFrameCallback(tick) : requestAnimationFrame(tick);
  }

  /** Was no frame announced for a while? Then either the camera has stalled, or only the announcements. */
  function listen(): void {
    const moved = video.currentTime !== heardTime;
    heardTime = video.currentTime;
    if (announced || moved) silences = 0;
    else if (++silences === MOST_SILENCES) return onStalled();
    if (framesAnnounced && moved && !announced) {
      video.cancelVideoFrameCallback(handle);
      framesAnnounced = false;
      schedule();
    }
    announced = false;
  }

  function tick(nowMs: number, about?: VideoFrameCallbackMetadata): void {
    if (!running) return;
    announced = framesAnnounced;
    schedule();
    if (busy || !stage.ready() || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return;
    if (!framesAnnounced) {
      if (video.currentTime === capturedTime) return;
      capturedTime = video.currentTime;
    }
    if (crop === undefined || video.videoWidth !== cameraWidthPx || video.videoHeight !== cameraHeightPx) crop = resize();
    const bytes = crop.widthPx * crop.heightPx * 4;
    if (pixels.byteLength < bytes) pixels = new Uint8Array(bytes);
    stage.capture(video, crop, pixels);
    if (tracker === undefined) {
      stage.present();
      onFrame(undefined, crop);
    } else {
      busy = true;
      trackedRun = run;
      trackedBy = tracker;
      frameCrop = crop;
      frame.rgba = pixels.buffer as ArrayBuffer;
      frame.timestampMs = about?.captureTime ?? nowMs;
      frame.orientation = turnAt(frame.timestampMs);
      tracker.track(frame, onTracked, onTrackFailed);
    }
  }

  function onTracked(result: FrameResult): void {
    busy = false;
    pixels = result.pixels;
    if (trackedRun !== run || trackedBy !== tracker) return;
    stage.present();
    onFrame(result, frameCrop!);
  }

  function onTrackFailed(error: unknown): void {
    busy = false;
    pixels = new Uint8Array(0);
    if (trackedRun === run && trackedBy === tracker) onFailed(error);
  }

  function resize(): TrackedCrop {
    cameraWidthPx = video.videoWidth;
    cameraHeightPx = video.videoHeight;
    const size = trackedCrop({ widthPx: cameraWidthPx, heightPx: cameraHeightPx });
    tracker = undefined;
    trackerFor(size).then(
      (made) => {
        if (crop === size) tracker = made;
      },
      (error: unknown) => {
        if (crop === size && running) onFailed(error);
      },
    );
    return size;
  }

  function stop(): void {
    running = false;
    run++;
    clearInterval(listening);
    if (framesAnnounced) video.cancelVideoFrameCallback(handle);
    else cancelAnimationFrame(handle);
  }

  return {
    start() {
      if (running) return;
      running = true;
      silences = 0;
      announced = false;
      heardTime = video.currentTime;
      crop = undefined;
      tracker = undefined;
      listening = setInterval(listen, SILENCE_MS);
      schedule();
    },
    stop,
    dispose() {
      stop();
      tracker = undefined;
    },
  };
}
