import { FUNCTIONS, startBare, startHost } from './apps.ts';
import { alternate, load, medianRound, type Load, type Request } from './load.ts';
import { installExpress, processors, startExpress, startFastApi, startPostgres } from './peers.ts';
import { deleteFolder, temporaryFolder, type Server } from './server.ts';

const CONNECTIONS = 64;

/** Rounds that don't count: the JIT compilers are still at work. */
const WARM_UP_ROUNDS = 2;

/** Twelve objects in a room: about 1 KB. */
const SESSION = JSON.stringify({
  id: 'session',
  owner: 'owner',
  name: 'Living room',
  savedAt: '2026-01-01T00:00:00Z',
  objects: Array.from({ length: 12 }, (_, i) => ({ model: `models/chair-${i}.glb`, x: i * 0.25, y: 0.004 * i, z: -1.5 - i * 0.125, yaw: i * 30 })),
});

export const SESSION_BYTES = Buffer.byteLength(SESSION);

const HELLO: Request = { method: 'GET', path: '/api/v1/hello' };
const ECHO: Request = { method: 'POST', path: '/api/v1/echo', body: SESSION };
const SAVE: Request = { method: 'PUT', path: '/api/v1/sessions/s#', ids: 10_000, body: SESSION };

/** A function on the embedded host against the same answer from ASP.NET Core alone. */
export async function measureEcho(rounds: number, seconds: number): Promise<Record<'hello' | 'echo', { host: Load; bare: Load }>> {
  const data = temporaryFolder();
  const host = await startHost(FUNCTIONS, data, '/api/v1/hello');
  const bare = await startBare();
  const compare = async (request: Request) => {
    const results = await alternate(rounds + WARM_UP_ROUNDS, {
      host: () => load(host, request, CONNECTIONS, seconds),
      bare: () => load(bare, request, CONNECTIONS, seconds),
    });
    return { host: medianRound(results.host!.slice(WARM_UP_ROUNDS)), bare: medianRound(results.bare!.slice(WARM_UP_ROUNDS)) };
  };
  const results = { hello: await compare(HELLO), echo: await compare(ECHO) };
  await host.stop();
  await bare.stop();
  deleteFolder(data);
  return results;
}

export type WriteCandidate = 'host' | 'fastApi' | 'fastApiEachProcessor' | 'fastApiNoSync' | 'express' | 'expressEachProcessor';

/** The same documents written over HTTP: a function on the document store, and the servers it is compared with. */
export async function measureWrites(rounds: number, seconds: number): Promise<{ loads: Record<WriteCandidate, Load>; postgres: string }> {
  installExpress();
  const postgres = await startPostgres();
  const data = temporaryFolder();
  const servers: Record<WriteCandidate, Server> = {
    host: await startHost(FUNCTIONS, data, '/api/v1/hello'),
    fastApi: await startFastApi({ fsync: true, workers: 1 }),
    fastApiEachProcessor: await startFastApi({ fsync: true, workers: processors }),
    fastApiNoSync: await startFastApi({ fsync: false, workers: 1 }),
    express: await startExpress(postgres, 1),
    expressEachProcessor: await startExpress(postgres, processors),
  };
  const candidates = Object.fromEntries(Object.entries(servers).map(([name, server]) => [name, () => load(server, SAVE, CONNECTIONS, seconds)]));
  const results = await alternate(rounds + WARM_UP_ROUNDS, candidates);
  for (const server of Object.values(servers)) await server.stop();
  postgres.stop();
  deleteFolder(data);
  const loads = Object.fromEntries(Object.entries(results).map(([name, all]) => [name, medianRound(all.slice(WARM_UP_ROUNDS))])) as Record<WriteCandidate, Load>;
  return { loads, postgres: postgres.version };
}
