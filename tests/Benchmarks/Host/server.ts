import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '../../..');

export interface ServerStart {
  command: string[];
  environment: Record<string, string>;
  cwd?: string;
  port: number;
  /** Answers 200 once the server serves. */
  probe: string;
}

export interface Server {
  origin: string;
  pid: number;
  /** From spawn to the last byte of the first 200. */
  firstAnswerMs: number;
  /** Processor time that its own process had used by then. */
  firstAnswerCpuMs: number;
  residentBytes(): number;
  /** SIGTERM (SIGKILL after 15 s) to the process and what it started, unless another signal is asked for. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const running = new Set<ChildProcess>();
const folders = new Set<string>();

// However this process ends, nothing of it stays behind.
process.on('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** A folder that is deleted when the benchmark ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portico-bench-'));
  folders.add(folder);
  return folder;
}

export function deleteFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  folders.delete(folder);
}

export function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

/** Starts a process group and asks its probe address until that answers 200. */
export async function startServer({ command, environment, cwd, port, probe }: ServerStart): Promise<Server> {
  const [program, ...parameters] = command as [string, ...string[]];
  const began = performance.now();
  const child = spawn(program, parameters, {
    cwd: cwd ?? repository,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000));
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  void exited.then(() => running.delete(child));

  while ((await statusOf(port, probe)) !== 200) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}:\n${output}`);
    if (performance.now() - began > 60_000) throw new Error(`${command.join(' ')} did not answer within a minute:\n${output}`);
    await new Promise((later) => setTimeout(later, 3));
  }

  return {
    origin: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    firstAnswerMs: performance.now() - began,
    firstAnswerCpuMs: cpuMs(child.pid!),
    residentBytes: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    stop: async (signal = 'SIGTERM') => {
      // The app asks its Azurite itself, and in its own time.
      child.kill(signal);
      const impatient = setTimeout(() => signalGroup(child, 'SIGKILL'), 15_000);
      await exited;
      clearTimeout(impatient);
      signalGroup(child, 'SIGKILL');
    },
  };
}

/** Runs a command to its end. */
export function run(command: string[], environment: Record<string, string> = {}, cwd = repository): string {
  const [program, ...parameters] = command as [string, ...string[]];
  const result = spawnSync(program, parameters, { cwd, env: { ...process.env, ...environment }, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command.join(' ')} ended with ${result.status}:\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // All of it has ended.
  }
}

// fetch() costs milliseconds of this process's own time at its first use; a socket does not.
function statusOf(port: number, path: string): Promise<number | null> {
  return new Promise((done) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', () => done(null));
    socket.on('close', () => done(Number(answer.slice(9, 12)) || null));
  });
}

// Nanoseconds that each thread ran: /proc/PID/stat counts in steps of 10 ms.
function cpuMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
    .reduce((sum, ms) => sum + ms, 0);
}
