import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../..');

/** The built app: what `./run` starts, when that is who asks; else what the solution's build made. */
export const appDll = process.env.PORTICO_APP_DLL ?? join(repository, `functions/App/bin/${process.env.CONFIGURATION ?? 'Release'}/net10.0/Portico.App.dll`);

export interface RunningApp {
  origin: string;
  pid: number;
  /** From spawn to the line `portico ready`. */
  readyMs: number;
  dataPath: string;
  /** Whether the process ends, by itself or not, within this time. */
  endsWithin(milliseconds: number): Promise<boolean>;
  /** Everything the app has written so far. */
  output(): string;
  /** Resident memory of the app's own process, Azurite aside. */
  residentBytes(): Promise<number>;
  /** SIGTERM, then waits until it has drained; SIGKILL after 20 s. */
  stop(): Promise<void>;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
}

export interface AppOptions {
  /** Kept by the caller; otherwise a temporary folder that `stop` removes. */
  dataPath?: string;
  environment?: Record<string, string>;
  timeoutMs?: number;
  /** What starts it, from the repository's root: by default the built app itself. `./run` becomes the app by exec. */
  command?: [string, ...string[]];
}

/** Starts the real app as its own process on a free port with its own data folder, and waits until it says it is ready. */
export async function startApp(options: AppOptions = {}): Promise<RunningApp> {
  for (let tries = 1; ; tries++) {
    try {
      return await startOnce(options);
    } catch (failure) {
      // Between choosing a free port and listening on it, another process may take it.
      if (tries === 3 || !/address already in use/i.test(String(failure))) throw failure;
    }
  }
}

async function startOnce(options: AppOptions): Promise<RunningApp> {
  if (!existsSync(appDll)) throw new Error(`The app is not built: ${appDll} is missing. ./test builds it.`);
  const dataPath = options.dataPath ?? (await mkdtemp(join(tmpdir(), 'portico-')));
  const began = performance.now();
  const [program, ...parameters] = options.command ?? ['dotnet', appDll];
  const child = spawn(program, parameters, {
    cwd: repository,
    env: {
      ...process.env,
      Portico__Port: '0',
      Portico__DataPath: dataPath,
      Portico__SeedDemo: 'false',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const origin = await new Promise<string>((done, fail) => {
    const timeoutMs = options.timeoutMs ?? 60_000;
    const timer = setTimeout(() => fail(new Error(`The app was not ready within ${timeoutMs} ms:\n${output}`)), timeoutMs);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /portico ready (\S+)/.exec(output);
      if (ready?.[1]) {
        clearTimeout(timer);
        done(ready[1]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(new Error(`The app ended with ${code} before it was ready:\n${output}`));
    });
  }).catch(async (failure: unknown) => {
    await end(child, exited, 'SIGKILL');
    throw failure;
  });

  const clean = async () => {
    if (!options.dataPath) await rm(dataPath, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return {
    origin,
    pid: child.pid!,
    readyMs: performance.now() - began,
    dataPath,
    endsWithin: (milliseconds) => Promise.race([exited.then(() => true), new Promise<boolean>((late) => setTimeout(() => late(false), milliseconds))]),
    output: () => output,
    residentBytes: async () => Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    stop: async () => {
      await end(child, exited, 'SIGTERM');
      await clean();
    },
    kill: async () => {
      await end(child, exited, 'SIGKILL');
      await clean();
    },
  };
}

async function end(child: ChildProcess, exited: Promise<void>, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const impatient = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exited;
  clearTimeout(impatient);
}
