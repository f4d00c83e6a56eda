import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../..');

/** The account that every Azurite has; published by Microsoft, so not a secret. */
const account = 'devstoreaccount1';
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface Azurite {
  connectionString: string;
  stop(): Promise<void>;
}

/** A blob service of its own, outside of the app, so that it survives the app's death. */
export async function startAzurite(location: string): Promise<Azurite> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [resolve(repository, 'node_modules/azurite/dist/src/blob/main.js'), '--silent', '--disableTelemetry', '--skipApiVersionCheck', '--location', location, '--blobHost', '127.0.0.1', '--blobPort', String(port)],
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const blobEndpoint = `http://127.0.0.1:${port}/${account}`;
  for (let tries = 0; ; tries++) {
    if (await fetch(blobEndpoint).then(() => true, () => false)) break;
    if (tries > 200) throw new Error('Azurite did not answer within 20 s');
    await new Promise((wake) => setTimeout(wake, 100));
  }
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${blobEndpoint};`,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
