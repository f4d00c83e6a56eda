import { alternate } from './load.ts';
import { PRODUCT, startBare, startHost } from './apps.ts';
import { deleteFolder, temporaryFolder, type Server } from './server.ts';

export interface StartUp {
  medianMs: number;
  p95Ms: number;
  /** The process's own processor time until then: hardly depends on what else the machine does. */
  medianCpuMs: number;
}

/** From spawn to the first 200: the product on an empty data folder and on one that it knows, and ASP.NET Core alone. */
export async function measureStartUp(rounds: number): Promise<{ fresh: StartUp; warm: StartUp; bare: StartUp }> {
  const known = temporaryFolder();
  const product = (dataPath: string) => startHost(PRODUCT, dataPath, '/api/v1/health/live');
  const measured = async (server: Server) => {
    await server.stop();
    return { ms: server.firstAnswerMs, cpuMs: server.firstAnswerCpuMs };
  };

  // Files reach the page cache, the folder gets its databases and keys.
  await (await product(known)).stop();
  await (await startBare()).stop();

  const results = await alternate(rounds, {
    bare: async () => measured(await startBare()),
    fresh: async () => {
      const empty = temporaryFolder();
      const result = await measured(await product(empty));
      deleteFolder(empty);
      return result;
    },
    warm: async () => measured(await product(known)),
  });
  deleteFolder(known);
  const summary = (name: string): StartUp => ({
    medianMs: quantile(results[name]!.map((result) => result.ms), 0.5),
    p95Ms: quantile(results[name]!.map((result) => result.ms), 0.95),
    medianCpuMs: quantile(results[name]!.map((result) => result.cpuMs), 0.5),
  });
  return { fresh: summary('fresh'), warm: summary('warm'), bare: summary('bare') };
}

function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]!;
}
