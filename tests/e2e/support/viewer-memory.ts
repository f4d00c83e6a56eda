import type { CDPSession } from 'playwright-core';
import type { Visit } from './viewer-visit.ts';

/** Bytes that one thread holds, garbage collected first. */
export interface HeapBytes {
  /** JavaScript objects. */
  script: number;
  /** What they hold outside of the script heap: pixels, video frames' handles, DOM. */
  outside: number;
}

export interface Heaps {
  page: HeapBytes;
  worker: HeapBytes;
}

/** Bytes allocated in one stretch of time, whether collected since or not, by the scripts that are served to visitors. */
export interface Allocations {
  bytes: number;
  /** Most first: function and bytes. */
  byFunction: [name: string, bytes: number][];
}

/** Looks into the memory of the page and of the tracker's worker, through the browser's own profiler. */
export interface MemoryProbe {
  heaps(): Promise<Heaps>;
  /** Samples every allocation of at least about this many bytes while `work` runs. */
  allocations(work: () => Promise<unknown>): Promise<{ page: Allocations; worker: Allocations }>;
}

const SAMPLING_BYTES = 256;

type Send = (method: string, parameters?: object) => Promise<unknown>;

/** @param visitor a visit whose tracker runs. */
export async function probeMemory(visitor: Visit): Promise<MemoryProbe> {
  const session = await visitor.page.context().newCDPSession(visitor.page);
  const page: Send = (method, parameters) => session.send(method as 'HeapProfiler.enable', parameters as never);
  const worker = await workerOf(session);
  for (const send of [page, worker]) await send('HeapProfiler.enable');
  return {
    heaps: async () => ({ page: await heapOf(page), worker: await heapOf(worker) }),
    async allocations(work) {
      const options = { samplingInterval: SAMPLING_BYTES, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
      await Promise.all([page, worker].map((send) => send('HeapProfiler.startSampling', options)));
      await work();
      const [inPage, inWorker] = await Promise.all([page, worker].map(async (send) => allocatedBy((await send('HeapProfiler.stopSampling')) as SamplingProfile)));
      return { page: inPage!, worker: inWorker! };
    },
  };
}

/** The commands of the page's only worker, wrapped in messages as the protocol has it. */
async function workerOf(session: CDPSession): Promise<Send> {
  const attached = new Promise<string>((resolve) => session.on('Target.attachedToTarget', (event) => resolve(event.sessionId)));
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const sessionId = await attached;
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result, error } = JSON.parse(message) as { id?: number; result?: unknown; error?: { message: string } };
    const call = waiting.get(id ?? -1);
    if (error) call?.reject(new Error(error.message));
    else call?.resolve(result);
    waiting.delete(id ?? -1);
  });
  let last = 0;
  return (method, params) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) }).catch(reject);
    });
}

async function heapOf(send: Send): Promise<HeapBytes> {
  // Objects that finalizers and weak references keep go at the second time.
  for (let i = 0; i < 3; i++) await send('HeapProfiler.collectGarbage');
  const usage = (await send('Runtime.getHeapUsage')) as { usedSize: number; embedderHeapUsedSize?: number; backingStorageSize?: number };
  return { script: usage.usedSize, outside: (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0) };
}

interface SamplingNode {
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  selfSize: number;
  children: SamplingNode[];
}
interface SamplingProfile {
  profile: { head: SamplingNode };
}

/** What is allocated in our functions, and in those of the browser that they call. */
function allocatedBy({ profile }: SamplingProfile): Allocations {
  const byFunction = new Map<string, number>();
  const walk = (node: SamplingNode, ours: string | undefined): void => {
    const { url, functionName, lineNumber, columnNumber } = node.callFrame;
    const name = url.includes('/assets/') ? `${functionName || '(anonymous)'} ${url.split('/').at(-1)}:${lineNumber + 1}:${columnNumber + 1}` : url === '' ? ours : undefined;
    if (name !== undefined) byFunction.set(name, (byFunction.get(name) ?? 0) + node.selfSize);
    for (const child of node.children) walk(child, name);
  };
  walk(profile.head, undefined);
  const sorted = [...byFunction].filter(([, bytes]) => bytes > 0).sort((a, b) => b[1] - a[1]);
  return { bytes: sorted.reduce((sum, [, bytes]) => sum + bytes, 0), byFunction: sorted };
}
