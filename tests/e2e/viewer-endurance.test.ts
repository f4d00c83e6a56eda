import { describe, expect, test } from 'vitest';
import { measureEndurance } from './support/viewer-endurance.ts';
import type { Heaps } from './support/viewer-memory.ts';

// A long visit: minutes of frames and many times away and back. ./bench viewer prints the same figures.

/** The profiler's own leftovers, compiled code that comes and goes: a leak of an object a frame would be 100 times this. */
const SCRIPT_SLACK_BYTES = 100_000;
/** Pixel buffers in flight and video frames that are let go later. */
const OUTSIDE_SLACK_BYTES = 4_000_000;

describe.runIf(process.env.PORTICO_TEST_FULL === '1')('a long visit', () => {
  test('allocates at most 1 KB a frame and keeps nothing, over 10,000 frames and 50 times away and back', { timeout: 1_800_000 }, async () => {
    const { allocatedPerFrame, overFrames, overCycles } = await measureEndurance({ frames: 10_000, cycles: 50 });
    console.log(JSON.stringify({ allocatedPerFrame, overFrames, overCycles }));
    expect(allocatedPerFrame.page + allocatedPerFrame.worker).toBeLessThanOrEqual(1024);
    for (const { before, after } of [overFrames, overCycles] satisfies { before: Heaps; after: Heaps }[]) {
      for (const thread of ['page', 'worker'] as const) {
        expect(after[thread].script - before[thread].script).toBeLessThan(SCRIPT_SLACK_BYTES);
        expect(after[thread].outside - before[thread].outside).toBeLessThan(OUTSIDE_SLACK_BYTES);
      }
    }
  });
});
