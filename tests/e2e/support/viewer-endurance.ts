import { swayingPath } from './camera-path.ts';
import { probeMemory, type Allocations, type Heaps } from './viewer-memory.ts';
import { startViewerSite, visit, type Visit } from './viewer-visit.ts';

/** What a long visit does to memory. Heaps are those of page and worker, garbage collected. */
export interface Endurance {
  frames: number;
  /** By the viewer's and the tracker's scripts, per frame. */
  allocatedPerFrame: { page: number; worker: number };
  mostAllocated: { page: Allocations['byFunction']; worker: Allocations['byFunction'] };
  overFrames: { before: Heaps; after: Heaps };
  cycles: number;
  /** The camera released and taken again, as when the page is hidden and seen. */
  overCycles: { before: Heaps; after: Heaps };
}

const WINDOW = { viewport: { width: 400, height: 300 } };
/** Until every function has been compiled as it stays. */
const WARM_UP_FRAMES = 1500;
const SAMPLED_FRAMES = 2000;
/** A first few settle what is kept once: the camera's list, compiled paths. */
const WARM_UP_CYCLES = 5;
const PATIENCE_MS = 1_200_000;

/**
 * The built page with a fake camera and the real tracker, its frames as fast as they are taken instead of 30 a second.
 * Runs for minutes.
 */
export async function measureEndurance(
  { frames, cycles }: { frames: number; cycles: number },
  tell: (what: string) => void = () => undefined,
): Promise<Endurance> {
  const viewer = await startViewerSite();
  try {
    const path = swayingPath({ widthPx: 320, heightPx: 240, frames: 60, share: 0.5 });
    const browser = await viewer.browser({ camera: await viewer.camera('small', path) });
    const visitor = await visit(viewer, browser, WINDOW, {
      prepare: async (page) => {
        // What tsx makes of functions that run in the page calls this for their names.
        await page.addInitScript('globalThis.__name = (run) => run');
        // With an address of its own, so that its allocations aren't taken for ours.
        await page.addInitScript(`(${hurry.toString()})()\n//# sourceURL=hurry.js`);
      },
    });
    await visitor.press('Start camera');
    await visitor.videoPlays();
    await run(visitor, WARM_UP_FRAMES);
    const probe = await probeMemory(visitor);

    const first = (await visitor.debug()).frames;
    const allocated = await probe.allocations(() => run(visitor, SAMPLED_FRAMES));
    const sampled = (await visitor.debug()).frames - first;

    tell(`allocated in ${sampled} frames: ${allocated.page.bytes} + ${allocated.worker.bytes} bytes`);

    const beforeFrames = await probe.heaps();
    await run(visitor, frames);
    const afterFrames = await probe.heaps();
    tell(`${frames} frames: ${JSON.stringify(beforeFrames)} → ${JSON.stringify(afterFrames)}`);
    await cycle(visitor, WARM_UP_CYCLES);
    const beforeCycles = await probe.heaps();
    await cycle(visitor, cycles);
    return {
      frames,
      allocatedPerFrame: { page: allocated.page.bytes / sampled, worker: allocated.worker.bytes / sampled },
      mostAllocated: { page: allocated.page.byFunction.slice(0, 12), worker: allocated.worker.byFunction.slice(0, 6) },
      overFrames: { before: beforeFrames, after: afterFrames },
      cycles,
      overCycles: { before: beforeCycles, after: await probe.heaps() },
    };
  } finally {
    await viewer.close();
  }
}

async function run(visitor: Visit, wanted: number): Promise<void> {
  const { frames } = await visitor.debug();
  await visitor.waitFor(`${wanted} frames`, (seen) => seen.frames >= frames + wanted, PATIENCE_MS);
}

async function cycle(visitor: Visit, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    for (const hidden of [true, false]) {
      await visitor.page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    }
    await visitor.inState('playing');
    await run(visitor, 5);
  }
}

/** Runs in the page: the camera's frames are announced as fast as they are taken. */
function hurry(): void {
  const announce = HTMLVideoElement.prototype.requestVideoFrameCallback;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (run) {
    if (this.id !== 'camera') return announce.call(this, run);
    return setTimeout(() => run(performance.now(), {} as VideoFrameCallbackMetadata)) as never;
  };
  const cancel = HTMLVideoElement.prototype.cancelVideoFrameCallback;
  HTMLVideoElement.prototype.cancelVideoFrameCallback = function (handle) {
    if (this.id === 'camera') clearTimeout(handle);
    else cancel.call(this, handle);
  };
}
