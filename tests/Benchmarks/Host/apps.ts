import { dirname, join } from 'node:path';
import { freePort, repository, run, startServer, type Server } from './server.ts';

const here = import.meta.dirname;
const built = (assembly: string) => join(repository, 'artifacts/bench', assembly, `${assembly}.dll`);

/** The product, everything registered: what `./run` starts. */
export const PRODUCT = process.env.PORTICO_APP_DLL ?? join(repository, 'artifacts/app/Portico.App.dll');
/** The small function app of Host/App, on the same host. */
export const FUNCTIONS = built('HostBenchmark.App');
/** ASP.NET Core alone: Host/Bare. */
export const BARE = built('HostBenchmark.Bare');

/** Both as the product is built: ahead of time where the compiler's package can be had. */
export function buildApps(): void {
  for (const [project, assembly] of [['App/Host.Benchmark.App.csproj', FUNCTIONS], ['Bare/Host.Benchmark.Bare.csproj', BARE]] as const) {
    const publish = ['dotnet', 'publish', join(here, project), '-c', 'Release', '--use-current-runtime', '--self-contained', 'false', '-o', dirname(assembly), '-v', 'q', '--nologo'];
    try {
      run([...publish, '-p:PublishReadyToRun=true']);
    } catch {
      run(publish);
    }
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
    cwd: dirname(BARE),
    port,
    probe: '/api/v1/hello',
  });
}
