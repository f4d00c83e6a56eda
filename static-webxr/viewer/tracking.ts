import { createTracker, type Tracker, type TrackerOptions } from '@portico/tracker';

/** The link's tracker, for whichever camera films: a phone turned round gives frames of another shape. */
export interface Tracking {
  /** The tracker, which knows every target and takes frames of this camera from now on. */
  forCamera(camera: TrackerOptions): Promise<Tracker>;
  /** Another camera comes: what was found out about the last one's lens is of no use. */
  forget(): void;
  dispose(): void;
}

/** @param markers the marker files, in the order of the manifest's targets; they may still be loading. */
export function createTracking(markers: Promise<ArrayBuffer[]>): Tracking {
  let tracker: Promise<Tracker> | undefined;
  let current: TrackerOptions | undefined;

  async function build(camera: TrackerOptions): Promise<Tracker> {
    const made = await createTracker(camera);
    return orDispose(made, async () => {
      for (const marker of await markers) await made.addTarget(marker);
    });
  }

  async function change(by: Promise<Tracker>, camera: TrackerOptions): Promise<Tracker> {
    const made = await by;
    return orDispose(made, () => made.setCamera(camera));
  }

  function dispose(): void {
    // A tracker that never came about has nothing to dispose of; whoever asked for it has heard why.
    tracker?.then((made) => made.dispose(), () => undefined);
    tracker = undefined;
  }

  return {
    forCamera(camera) {
      if (tracker === undefined) tracker = build(camera);
      else if (!sameCamera(camera, current!)) tracker = change(tracker, camera);
      current = camera;
      tracker.catch(() => undefined);
      return tracker;
    },
    forget: dispose,
    dispose,
  };
}

async function orDispose(tracker: Tracker, work: () => Promise<void>): Promise<Tracker> {
  try {
    await work();
    return tracker;
  } catch (error) {
    tracker.dispose();
    throw error;
  }
}

function sameCamera(a: TrackerOptions, b: TrackerOptions): boolean {
  return a.frameWidthPx === b.frameWidthPx && a.frameHeightPx === b.frameHeightPx && a.focalPx === b.focalPx;
}

/** A module of one function that uses a SIMD instruction: what the tracker is compiled to needs them. */
const SIMD_MODULE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

export function hasWasmSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(SIMD_MODULE));
}
