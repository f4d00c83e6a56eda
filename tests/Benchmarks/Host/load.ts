import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Server } from './server.ts';

export interface Request {
  method: string;
  /** `#` stands for a number under `ids`. */
  path: string;
  ids?: number;
  body?: string;
}

export interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** wrk with one thread and that many kept-alive connections, each of which sends its next request when it has the answer. */
export async function load(server: Server, request: Request, connections: number, seconds: number): Promise<Load> {
  const wrk = spawn('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', join(import.meta.dirname, 'wrk.lua'), server.origin], {
    env: {
      ...process.env,
      BENCH_METHOD: request.method,
      BENCH_PATH: request.path,
      BENCH_IDS: `${request.ids ?? 1}`,
      ...(request.body === undefined ? {} : { BENCH_BODY: request.body }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  wrk.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((done) => wrk.once('close', done));
  const json = /^\{.*\}$/m.exec(output)?.[0];
  if (!json) throw new Error(`wrk against ${server.origin}${request.path} said:\n${output}`);
  const result = JSON.parse(json) as { requests: number; seconds: number; p50Ms: number; p99Ms: number; errors: number };
  if (result.errors > 0 || result.requests === 0) throw new Error(`${result.errors} of ${result.requests} requests to ${request.path} failed`);
  return { perSecond: result.requests / result.seconds, p50Ms: result.p50Ms, p99Ms: result.p99Ms };
}

/** Middle round by throughput. */
export function medianRound(rounds: Load[]): Load {
  return rounds.toSorted((a, b) => a.perSecond - b.perSecond)[rounds.length >> 1]!;
}

/** Every candidate in turn, that often: what else the machine does falls on all of them. */
export async function alternate<T>(rounds: number, candidates: Record<string, () => Promise<T>>): Promise<Record<string, T[]>> {
  const results: Record<string, T[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(candidates)) (results[name] ??= []).push(await measure());
  }
  return results;
}
