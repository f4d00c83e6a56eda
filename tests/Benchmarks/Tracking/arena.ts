import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../../e2e/support/browser.ts';
import type { MindarFrame, MindarRun, MindCompilation, OursFrame, OursRun } from './messages.ts';
import type {} from './cpu-page.ts';
import type {} from './page.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const mindarFolder = path.join(here, '../mindar/node_modules/mind-ar/dist');
const wasm = path.join(here, '../../../static-webxr/tracker/build/tracker.wasm');
const { build } = createRequire(path.join(here, '../mindar/package.json'))('esbuild') as {
  build(options: Record<string, unknown>): Promise<{ outputFiles: { contents: Uint8Array }[] }>;
};

// tfjs keeps the page's requestAnimationFrame from when it is loaded. Its loop is to go on at once, not at the next of
// the screen's 60 frames a second: that is waiting, not work, and nobody's time is measured across it.
const PAGE = `<!doctype html><title>tracking</title>
<script>window.requestAnimationFrame = (call) => setTimeout(() => call(performance.now()), 0);</script>
<script type="module" src="/mindar/mindar-image.prod.js"></script>
<script type="module" src="/page.js"></script>`;

const CPU_PAGE = '<!doctype html><title>on the CPU</title><script type="module" src="/cpu-page.js"></script>';

/** Both trackers in one page of one headless Chromium, which fetches frames and files from here. */
export interface Arena {
  /** `Chrome/…`, for the report. */
  browser: string;
  /** What the page can fetch, by path; files that it makes appear here too. */
  files: Map<string, Uint8Array>;
  runOurs(run: OursRun): Promise<OursFrame[]>;
  runMindar(run: MindarRun): Promise<MindarFrame[]>;
  compileMind(picture: string, widthPx: number, heightPx: number, to: string): Promise<MindCompilation>;
  /** Milliseconds a frame of MindAR's detection, without matching, on tfjs's CPU backend. */
  detectOnCpu(frames: string): Promise<number[]>;
  close(): Promise<void>;
}

export async function openArena(): Promise<Arena> {
  const files = new Map<string, Uint8Array>([
    ['/', Buffer.from(PAGE)],
    ['/cpu', Buffer.from(CPU_PAGE)],
    ['/page.js', await bundle('page.ts')],
    ['/ours-worker.js', await bundle('ours-worker.ts')],
    ['/tracker.wasm', await readFile(wasm)],
  ]);
  const server = createServer((request, response) => {
    void (async () => {
      const asked = new URL(request.url!, 'http://arena').pathname;
      if (request.method === 'PUT') {
        const parts: Uint8Array[] = [];
        for await (const part of request) parts.push(part as Uint8Array);
        files.set(asked, Buffer.concat(parts));
        return response.writeHead(204).end();
      }
      const file = asked.startsWith('/mindar/')
        ? await readFile(path.join(mindarFolder, path.basename(asked))).catch(() => undefined)
        : files.get(asked);
      if (file === undefined) return response.writeHead(404).end();
      return response.writeHead(200, { 'Content-Type': typeOf(asked), 'Cache-Control': 'no-store' }).end(file);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const browser = await launchBrowser();
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { waitUntil: 'load' });
  await page.waitForFunction(() => globalThis.portico !== undefined);

  return {
    browser: browser.version(),
    files,
    runOurs: (run) => page.evaluate((given) => portico.runOurs(given), run),
    runMindar: (run) => page.evaluate((given) => portico.runMindar(given), run),
    compileMind: (picture, widthPx, heightPx, to) =>
      page.evaluate((given) => portico.compileMind(...given), [picture, widthPx, heightPx, to] as const),
    async detectOnCpu(frames) {
      files.set('/cpu-page.js', await bundle('cpu-page.ts'));
      const other = await browser.newPage();
      try {
        await other.goto(new URL('/cpu', page.url()).href);
        await other.waitForFunction(() => globalThis.mindarOnCpu !== undefined);
        return await other.evaluate((given) => mindarOnCpu(given), frames);
      } finally {
        await other.close();
      }
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

async function bundle(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [path.join(here, entry)], bundle: true, format: 'esm', target: 'es2023', write: false, logLevel: 'warning',
    nodePaths: [path.join(here, '../mindar/node_modules')],
  });
  return outputFiles[0]!.contents;
}

const typeOf = (name: string): string =>
  !name.includes('.') && name !== '/frames' && name !== '/picture' ? 'text/html' : name.endsWith('.js') ? 'text/javascript' : name.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
