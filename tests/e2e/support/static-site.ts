import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

export interface StaticSite {
  /** `http://127.0.0.1:port`, a secure context. */
  origin: string;
  /** Every request in order: method, path and what was sent with it. */
  requests: { method: string; path: string; body: string }[];
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.mp4': 'video/mp4',
  '.wasm': 'application/wasm',
  '.portico': 'application/octet-stream',
};

/**
 * What Static Web Apps and the CDN do, and nothing else: `/v/*` is the viewer's page, `/cdn/*` a folder of media
 * with ranges, `/api/*` accepts telemetry. Everything else is a file of the built site.
 */
export async function startStaticSite(siteFolder: string, cdnFolder: string): Promise<StaticSite> {
  const requests: StaticSite['requests'] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const path = decodeURIComponent(new URL(request.url!, 'http://site').pathname);
      let body = '';
      for await (const chunk of request) body += String(chunk);
      requests.push({ method: request.method!, path, body });
      if (path.startsWith('/api/')) return response.writeHead(202).end();

      const inside = normalize(path.startsWith('/v/') ? '/viewer/index.html' : path).replace(/^(\.\.[/\\])+/, '');
      const file = inside.startsWith('/cdn/') ? join(cdnFolder, inside.slice(5)) : join(siteFolder, inside);
      const bytes = await readFile(file).catch(() => undefined);
      if (bytes === undefined) return response.writeHead(404).end();
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
      if (range) {
        const from = Number(range[1]);
        const to = range[2] ? Math.min(Number(range[2]), bytes.length - 1) : bytes.length - 1;
        response.writeHead(206, {
          'Content-Type': type,
          'Content-Range': `bytes ${from}-${to}/${bytes.length}`,
          'Content-Length': to - from + 1,
          'Accept-Ranges': 'bytes',
        });
        return response.end(bytes.subarray(from, to + 1));
      }
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length, 'Accept-Ranges': 'bytes' });
      return response.end(bytes);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
