import { chownSync, mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort, run, startServer, temporaryFolder, type Server } from './server.ts';

const peers = join(import.meta.dirname, 'Peers');

/** FastAPI writing JSON files, on uvicorn with uvloop and httptools. */
export async function startFastApi({ fsync, workers }: { fsync: boolean; workers: number }): Promise<Server> {
  const port = await freePort();
  return startServer({
    command: ['/usr/bin/python3', '-m', 'uvicorn', 'server:app', '--host', '127.0.0.1', '--port', `${port}`, '--workers', `${workers}`, '--no-access-log', '--log-level', 'warning'],
    environment: { SESSIONS_FOLDER: temporaryFolder(), SESSIONS_FSYNC: fsync ? '1' : '0' },
    cwd: join(peers, 'fastapi'),
    port,
    probe: '/api/v1/hello',
  });
}

/** Express on a pool of 32 connections to PostgreSQL. */
export async function startExpress(postgres: Postgres, processes: number): Promise<Server> {
  const port = await freePort();
  return startServer({
    command: ['node', 'server.mjs'],
    environment: { NODE_ENV: 'production', PORT: `${port}`, PROCESSES: `${processes}`, ...postgres.environment },
    cwd: join(peers, 'express'),
    port,
    probe: '/api/v1/hello',
  });
}

export interface Postgres {
  /** For its clients. */
  environment: Record<string, string>;
  version: string;
  stop(): void;
}

export function installExpress(): void {
  run(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error', '--workspaces=false'], {}, join(peers, 'express'));
}

/**
 * A PostgreSQL cluster of its own under a temporary folder, reached through a Unix socket. As Debian configures it:
 * synchronous_commit, fsync and full_page_writes on; shared_buffers 256 MB so that the working set is in memory.
 */
export async function startPostgres(): Promise<Postgres> {
  const folder = temporaryFolder();
  const binaries = postgresBinaries();
  const data = join(folder, 'data');
  // PostgreSQL refuses to run as root: its package brings a user for it.
  const isRoot = userInfo().uid === 0;
  const as = (command: string[]) => (isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', ...command] : command);
  mkdirSync(data);
  if (isRoot) {
    const [uid, gid] = run(['id', '-u', 'postgres']).trim().concat(' ', run(['id', '-g', 'postgres']).trim()).split(' ').map(Number) as [number, number];
    for (const path of [folder, data]) chownSync(path, uid, gid);
  }

  const port = await freePort();
  run(as([join(binaries, 'initdb'), '-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--locale=C']), {}, folder);
  const settings = `-c listen_addresses='' -c unix_socket_directories='${folder}' -c port=${port} -c shared_buffers=256MB -c max_wal_size=2GB`;
  const control = (...parameters: string[]) => run(as([join(binaries, 'pg_ctl'), '-D', data, '-w', '-l', join(folder, 'log'), ...parameters]), {}, folder);
  control('-o', settings, 'start');
  const stop = () => control('-m', 'fast', 'stop');
  // Before its folder is deleted.
  process.prependListener('exit', () => {
    try {
      control('-m', 'immediate', 'stop');
    } catch {
      // It has been stopped.
    }
  });
  return {
    environment: { PGHOST: folder, PGPORT: `${port}`, PGUSER: 'bench', PGDATABASE: 'postgres' },
    version: run([join(binaries, 'postgres'), '--version']).trim(),
    stop,
  };
}

/** One process for each processor: how these servers are scaled on one machine. */
export const processors = availableParallelism();

function postgresBinaries(): string {
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(a) - Number(b));
  return join('/usr/lib/postgresql', versions.at(-1)!, 'bin');
}
