import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../..');

export interface Azurite {
  /** Of the first account. */
  connectionString: string;
  /** One for each account: whoever uses one sees nothing of the others. */
  connectionStrings: string[];
  stop(): Promise<void>;
}

/** A blob service of its own, outside of the app, so that it survives the app's death. */
export async function startAzurite(location: string, accountCount = 1): Promise<Azurite> {
  const accounts = Array.from({ length: accountCount }, (_, i) => ({ name: `tests${i}`, key: randomBytes(64).toString('base64') }));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [resolve(repository, 'node_modules/azurite/dist/src/blob/main.js'), '--silent', '--disableTelemetry', '--skipApiVersionCheck', '--location', location, '--blobHost', '127.0.0.1', '--blobPort', String(port)],
    { stdio: 'ignore', env: { ...process.env, AZURITE_ACCOUNTS: accounts.map(({ name, key }) => `${name}:${key}`).join(';') } },
  );
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const origin = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    if (await fetch(origin).then(() => true, () => false)) break;
    if (tries > 200) throw new Error('Azurite did not answer within 20 s');
    await new Promise((wake) => setTimeout(wake, 100));
  }
  const connectionStrings = accounts.map(({ name, key }) => `DefaultEndpointsProtocol=http;AccountName=${name};AccountKey=${key};BlobEndpoint=${origin}/${name};`);
  return {
    connectionString: connectionStrings[0]!,
    connectionStrings,
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
