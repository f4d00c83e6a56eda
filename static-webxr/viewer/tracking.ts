import { createTracker, type Tracker } from '@portico/tracker';
import type { Size } from './fit.ts';

/** The tracker for the camera's frames, made anew when their size changes: a phone turned round. */
export interface Tracking {
  /** A tracker of this frame size that knows every target. One size at a time: asking for another ends the last. */
  forSize(size: Size): Promise<Tracker>;
  dispose(): void;
}

/** @param markers the marker files, in the order of the manifest's targets; they may still be loading. */
export function createTracking(markers: Promise<ArrayBuffer[]>): Tracking {
  let current: { size: Size; tracker: Promise<Tracker> } | undefined;

  async function build({ widthPx, heightPx }: Size): Promise<Tracker> {
    const tracker = await createTracker({ frameWidthPx: widthPx, frameHeightPx: heightPx });
    try {
      for (const marker of await markers) await tracker.addTarget(marker);
      return tracker;
    } catch (error) {
      tracker.dispose();
      throw error;
    }
  }

  function dispose(): void {
    // A tracker that never came about has nothing to dispose of; whoever asked for it has heard why.
    current?.tracker.then((tracker) => tracker.dispose(), () => undefined);
    current = undefined;
  }

  return {
    forSize(size) {
      if (current?.size.widthPx !== size.widthPx || current.size.heightPx !== size.heightPx) {
        dispose();
        const tracker = build(size);
        tracker.catch(() => undefined);
        current = { size: { ...size }, tracker };
      }
      return current!.tracker;
    },
    dispose,
  };
}

/** A module of one function that uses a SIMD instruction: what the tracker is compiled to needs them. */
const SIMD_MODULE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

export function hasWasmSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(SIMD_MODULE));
}
