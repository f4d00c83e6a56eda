import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startApp, type RunningApp } from './support/app.ts';

let app: RunningApp | undefined;

afterEach(async () => {
  await app?.stop();
});

test('Ctrl-C ends the app and all that it started, within ten seconds', { timeout: 120_000 }, async () => {
  app = await startApp();
  const { dataPath, pid } = app;
  expect(commandLinesNaming(dataPath), 'Azurite, on the data folder').toHaveLength(1);

  process.kill(pid, 'SIGINT');
  expect(await app.endsWithin(10_000), app.output()).toBe(true);
  await expect.poll(() => commandLinesNaming(dataPath), { timeout: 10_000, interval: 100 }).toEqual([]);
});

test('a port that is taken is named in one sentence, and the exit code says that it failed', { timeout: 120_000 }, async () => {
  const other = createServer();
  const port = await new Promise<number>((done) => other.listen(0, '127.0.0.1', () => done((other.address() as { port: number }).port)));
  try {
    await expect(startApp({ environment: { Portico__Port: String(port) } })).rejects.toThrow(
      new RegExp(`ended with [1-9]\\d* before it was ready:\\s+Port ${port} is taken by another program\\. Set Portico__Port`),
    );
  } finally {
    other.close();
  }
});

/** Processes of this machine whose command line names the folder. */
function commandLinesNaming(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        // It ended between the two readings.
        return '';
      }
    })
    .filter((line) => line.includes(folder));
}
