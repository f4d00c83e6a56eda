import { join } from 'node:path';
import { freePort, repository, run, startServer, type Server } from './server.ts';

const here = import.meta.dirname;
const built = (project: string, assembly: string) => join(here, project, 'bin/Release/net10.0', assembly);

/** The product, everything registered: what `./run` starts. */
export const PRODUCT = join(repository, 'functions/App/bin/Release/net10.0/Portico.App.dll');
/** The small function app of Host/App, on the same host. */
export const FUNCTIONS = built('App', 'HostBenchmark.App.dll');
/** ASP.NET Core alone: Host/Bare. */
export const BARE = built('Bare', 'HostBenchmark.Bare.dll');

export function buildApps(): void {
  for (const project of ['App/Host.Benchmark.App.csproj', 'Bare/Host.Benchmark.Bare.csproj']) {
    run(['dotnet', 'build', join(here, project), '-c', 'Release', '-v', 'q', '--nologo']);
  }
}

/** A function app on the embedded host with its data in that folder. */
export async function startHost(assembly: string, dataPath: string, probe: string): Promise<Server> {
  const port = await freePort();
  return startServer({
    command: ['dotnet', assembly],
    environment: { Portico__Port: `${port}`, Portico__DataPath: dataPath, Portico__SeedDemo: 'false' },
    port,
    probe,
  });
}

export async function startBare(): Promise<Server> {
  const port = await freePort();
  return startServer({
    command: ['dotnet', BARE],
    environment: { ASPNETCORE_URLS: `http://127.0.0.1:${port}` },
    // Its content root: a watched configuration file in a folder with node_modules would cost it more than its start.
    cwd: join(here, 'Bare/bin/Release/net10.0'),
    port,
    probe: '/api/v1/hello',
  });
}
