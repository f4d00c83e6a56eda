import { FUNCTIONS, startHost } from './apps.ts';
import { deleteFolder, temporaryFolder, type Server } from './server.ts';

export interface Orchestrations {
  sequenceMs: number;
  fanOutMs: number;
  concurrentMs: number;
  /** Resident memory that the open instances add, after a full collection; and what of it is managed. */
  idleResidentBytes: number;
  idleManagedBytes: number;
  /** From spawn after SIGKILL with all of them open: to the first 200, and to the end of one that was woken then. */
  recoveryFirstAnswerMs: number;
  recoveryMs: number;
  /** The same start without open instances. */
  emptyFirstAnswerMs: number;
  emptyMs: number;
}

export const STEPS = 1_000;
export const FAN_OUT = 10_000;
export const CONCURRENT = 1_000;
export const IDLE = 10_000;

/** The engine through the host; every record durable. */
export async function measureOrchestrations(rounds: number): Promise<Orchestrations> {
  const data = temporaryFolder();
  const start = () => startHost(FUNCTIONS, data, '/api/v1/hello');
  let host = await start();
  const rows: [number, number, number][] = [];
  for (let round = 0; round <= rounds; round++) {
    rows.push([
      await post(host, `orchestrations/Sequence?instances=1&input=${STEPS}`),
      await post(host, `orchestrations/FanOut?instances=1&input=${FAN_OUT}`),
      await post(host, `orchestrations/Sequence?instances=${CONCURRENT}&input=2`),
    ]);
  }

  // In the first round the JIT compiler is still at work.
  const median = (column: 0 | 1 | 2) => rows.slice(1).map((row) => row[column]).sort((a, b) => a - b)[rounds >> 1]!;
  await host.stop();
  deleteFolder(data);

  // A process and a folder without a past.
  host = await start();
  await post(host, 'orchestrations/Sequence?instances=10&input=2');
  const before = await memory(host);
  await host.stop('SIGKILL');
  const empty = await recover(start, 'orchestrations/Sequence?instances=1&input=1');
  await empty.host.stop();

  host = await start();
  await post(host, `idle?instances=${IDLE}`);
  const after = await memory(host);
  await host.stop('SIGKILL');
  const recovered = await recover(start, `idle/idle-${IDLE - 1}/wake`);
  // Not killed: its Azurite would write its index after the folder is gone.
  await recovered.host.stop();
  deleteFolder(data);
  return {
    sequenceMs: median(0),
    fanOutMs: median(1),
    concurrentMs: median(2),
    idleResidentBytes: after.residentBytes - before.residentBytes,
    idleManagedBytes: after.managedBytes - before.managedBytes,
    recoveryFirstAnswerMs: recovered.host.firstAnswerMs,
    recoveryMs: recovered.ms,
    emptyFirstAnswerMs: empty.host.firstAnswerMs,
    emptyMs: empty.ms,
  };
}

async function recover(start: () => Promise<Server>, work: string): Promise<{ host: Server; ms: number }> {
  const began = performance.now();
  const host = await start();
  await post(host, work);
  return { host, ms: performance.now() - began };
}

async function post(host: Server, path: string): Promise<number> {
  const response = await fetch(`${host.origin}/api/v1/${path}`, { method: 'POST', signal: AbortSignal.timeout(120_000) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { milliseconds: number }).milliseconds;
}

async function memory(host: Server): Promise<{ managedBytes: number; residentBytes: number }> {
  const response = await fetch(`${host.origin}/api/v1/memory`);
  return (await response.json()) as { managedBytes: number; residentBytes: number };
}
