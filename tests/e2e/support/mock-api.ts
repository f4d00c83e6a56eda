import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, resolve } from 'node:path';
import type { Account, Asset, AssetKind, Link, Marker, Problem, Project, ProjectAnalytics } from '../../../static-webxr/shared/api.ts';

/** What the mock makes of an uploaded file: everything of a ready asset that depends on its bytes. */
export interface Processed {
  image?: Asset['image'];
  video?: Asset['video'];
  /** Served under the URLs that the facts name. */
  files: { url: string; contentType: string; bytes: Buffer }[];
}

export interface MockOptions {
  process(kind: AssetKind, source: Buffer, assetId: string): Promise<Processed>;
  /** From the arrival of a file to `ready`, spread over its steps. */
  processingMs?: number;
}

export interface MockApi {
  origin: string;
  /** What was asked, in order: `POST /projects`, `PUT block`. */
  requests: string[];
  /** Answers the next requests of this method and path with a problem instead: as often as `times` says, or until the returned function is called. */
  fail(request: { method: string; path: RegExp; status: number; problem?: Partial<Problem>; times?: number }): () => void;
  /** Holds the answers back until the returned function is called: for looking at the waiting states. */
  hold(path: RegExp): () => void;
  /** A person with an account: the refresh cookie of a session for them. */
  account(person: { email: string; password: string; displayName: string }): { name: string; value: string; url: string };
  /** Ends every session's access token, as time would. */
  expireTokens(): void;
  count(code: string, counts: ProjectAnalytics['totals']): void;
  close(): Promise<void>;
}

const site = resolve(import.meta.dirname, '../../../static-webxr/dist');
const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const steps: Record<AssetKind, NonNullable<Asset['progress']>['step'][]> = {
  image: ['check', 'render', 'compile', 'publish'],
  video: ['check', 'transcode', 'transcode', 'transcode', 'publish'],
};

/**
 * The HTTP API of `static-webxr/shared/api.ts` as the portal sees it, in memory, with faults on request: for states
 * that the real app reaches seldom. There is no hub, so negotiation fails and the portal polls. The flow through the
 * real app has its own test.
 */
export async function startMockApi(options: MockOptions): Promise<MockApi> {
  const accounts = new Map<string, Account & { password: string }>();
  const sessions = new Map<string, string>();
  const tokens = new Map<string, string>();
  const projects = new Map<string, Project & { owner: string }>();
  const assets = new Map<string, Asset>();
  const markers = new Map<string, Marker>();
  const links = new Map<string, Link>();
  const counts = new Map<string, ProjectAnalytics['totals']>();
  const staged = new Map<string, Map<string, Buffer>>();
  const files = new Map<string, { contentType: string; bytes: Buffer }>();
  const faults: { method: string; path: RegExp; status: number; problem?: Partial<Problem>; times: number }[] = [];
  const holds: { path: RegExp; until: Promise<void> }[] = [];
  const requests: string[] = [];

  const server = createServer((request, response) => {
    // A cancelled upload breaks off in the middle of its body; that is the visitor's right.
    answer(request, response).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET') throw error;
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, origin);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const method = request.method!;
    if (url.pathname.startsWith('/api/v1')) {
      const path = url.pathname.slice('/api/v1'.length);
      requests.push(`${method} ${path}`);
      for (const hold of holds) if (hold.path.test(path)) await hold.until;
    }
    const fault = faults.find((each) => each.method === method && each.path.test(url.pathname + url.search) && each.times > 0);
    if (fault) {
      fault.times--;
      return refuse(response, fault.status, fault.problem);
    }
    if (url.pathname.startsWith('/api/v1')) return api(method, url, request, body, response);
    if (url.pathname.startsWith('/blob/')) return blob(method, url, body, response);
    const file = files.get(url.pathname);
    if (file) return void send(response, 200, file.bytes, { 'Content-Type': file.contentType });
    return page(url.pathname, response);
  }

  async function page(path: string, response: ServerResponse): Promise<void> {
    const inside = normalize(extname(path) ? path : '/index.html');
    const bytes = await readFile(join(site, inside)).catch(() => null);
    if (bytes) send(response, 200, bytes, { 'Content-Type': types[extname(inside)] ?? 'application/octet-stream' });
    else send(response, 404, 'not found');
  }

  function api(method: string, url: URL, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const path = url.pathname.slice('/api/v1'.length);
    const json = body.length > 0 ? (JSON.parse(body.toString()) as Record<string, unknown>) : {};
    const route = `${method} ${path.replace(/\/(prj|ast|mrk|lnk)[^/]+/g, '/:id')}`;
    const id = path.split('/')[2] ?? '';
    const now = new Date().toISOString();

    switch (route) {
      case 'POST /auth/register': {
        const { email, password, displayName } = json as { email: string; password: string; displayName: string };
        if (password.length < 12) return refuse(response, 400, { errors: { password: ['Use at least 12 characters.'] } });
        if (accounts.has(email)) return refuse(response, 409, { title: 'This e-mail address can’t be registered', detail: 'If it is yours, sign in with it.', code: 'auth.registration_refused' });
        accounts.set(email, { id: `acc_${randomUUID()}`, email, displayName, password, roles: ['personal'], createdAt: now });
        return open(response, email, 201);
      }
      case 'POST /auth/login': {
        const { email, password } = json as { email: string; password: string };
        if (accounts.get(email)?.password !== password)
          return refuse(response, 401, { title: 'E-mail address or password is wrong', detail: 'Check both, then try again.', code: 'auth.invalid_credentials' });
        return open(response, email, 200);
      }
      case 'POST /auth/refresh': {
        const cookie = /portico_refresh=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
        const email = sessions.get(cookie);
        if (!email) return refuse(response, 401, { title: 'The session has ended', code: 'auth.session_ended' });
        sessions.delete(cookie);
        return open(response, email, 200);
      }
      case 'POST /auth/logout':
        return void send(response, 204, '', { 'Set-Cookie': 'portico_refresh=; Path=/api/v1/auth; Max-Age=0; HttpOnly' });
    }
    if (/^GET \/links\/:id\/qr\.(svg|png)$/.test(route)) return void send(response, 200, qrLike(id), { 'Content-Type': 'image/svg+xml' });

    const owner = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (!owner) return refuse(response, 401, { title: 'Sign in first', code: 'auth.required' });
    const ofProject = <T extends { projectId: string }>(all: Map<string, T>) => ({ items: [...all.values()].filter((each) => each.projectId === id) });

    switch (route) {
      case 'GET /projects':
        return reply(response, 200, { items: [...projects.values()].filter((project) => project.owner === owner) });
      case 'POST /projects': {
        const project = { id: `prj_${randomUUID()}`, name: String(json.name), createdAt: now, updatedAt: now, owner };
        projects.set(project.id, project);
        return reply(response, 201, project);
      }
      case 'GET /projects/:id':
      case 'PATCH /projects/:id': {
        const project = projects.get(id);
        if (!project || project.owner !== owner) return refuse(response, 404);
        if (method === 'PATCH') Object.assign(project, json, { updatedAt: now });
        return reply(response, 200, project);
      }
      case 'DELETE /projects/:id':
        return void send(response, projects.delete(id) ? 204 : 404, '');
      case 'GET /projects/:id/assets':
        return reply(response, 200, ofProject(assets));
      case 'POST /projects/:id/assets': {
        const kind: AssetKind = String(json.contentType).startsWith('video/') ? 'video' : 'image';
        const asset: Asset = {
          id: `ast_${randomUUID()}`,
          projectId: id,
          kind,
          name: String(json.name),
          status: 'awaitingUpload',
          source: { contentType: String(json.contentType), declaredBytes: Number(json.bytes) },
          createdAt: now,
          updatedAt: now,
        };
        assets.set(asset.id, asset);
        return reply(response, 201, { asset, upload: { url: `/blob/devstoreaccount1/uploads/${asset.id}?sv=2024&sig=x`, expiresAt: now, maxBytes: 2 ** 26 } });
      }
      case 'GET /assets/:id':
        return assets.has(id) ? reply(response, 200, assets.get(id)) : refuse(response, 404);
      case 'DELETE /assets/:id':
        return void send(response, assets.delete(id) ? 204 : 404, '');
      case 'GET /markers/:id':
        return markers.has(id) ? reply(response, 200, markers.get(id)) : refuse(response, 404);
      case 'GET /projects/:id/links':
        return reply(response, 200, ofProject(links));
      case 'POST /projects/:id/links': {
        const code = `lnk${links.size + 1}`;
        const link: Link = {
          code,
          projectId: id,
          title: String(json.title),
          url: `${origin}/v/${code}`,
          targets: json.targets as Link['targets'],
          qr: { svg: `/api/v1/links/${code}/qr.svg`, png: `/api/v1/links/${code}/qr.png` },
          createdAt: now,
          updatedAt: now,
        };
        links.set(code, link);
        return reply(response, 201, link);
      }
      case 'GET /links/:id':
      case 'PATCH /links/:id': {
        const link = links.get(id);
        if (!link) return refuse(response, 404);
        if (method === 'PATCH') Object.assign(link, json, { updatedAt: now });
        return reply(response, 200, link);
      }
      case 'DELETE /links/:id':
        return void send(response, links.delete(id) ? 204 : 404, '');
      case 'GET /projects/:id/analytics': {
        const own = [...links.values()].filter((link) => link.projectId === id);
        return reply(response, 200, {
          links: own.map((link) => ({ code: link.code, title: link.title, counts: counts.get(link.code) ?? {}, lastEventAt: counts.has(link.code) ? now : undefined })),
          totals: {},
        } satisfies ProjectAnalytics);
      }
      default:
        return refuse(response, 404);
    }
  }

  function open(response: ServerResponse, email: string, status: number): void {
    const [cookie, accessToken] = [randomUUID(), randomUUID()];
    sessions.set(cookie, email);
    tokens.set(accessToken, email);
    const { password: _, ...account } = accounts.get(email)!;
    const expiresAt = new Date(Date.now() + 15 * 60_000).toISOString();
    reply(response, status, { accessToken, expiresAt, account }, { 'Set-Cookie': `portico_refresh=${cookie}; Path=/api/v1/auth; HttpOnly; SameSite=Strict` });
  }

  /** As Blob Storage answers Put Block and Put Block List. */
  function blob(method: string, url: URL, body: Buffer, response: ServerResponse): void {
    const assetId = url.pathname.split('/').at(-1)!;
    if (method !== 'PUT') return void send(response, 405, '');
    const blocks = staged.get(assetId) ?? new Map<string, Buffer>();
    staged.set(assetId, blocks);
    requests.push(`PUT ${url.searchParams.get('comp')}`);
    if (url.searchParams.get('comp') === 'block') blocks.set(url.searchParams.get('blockid')!, body);
    else {
      const ids = [...body.toString().matchAll(/<(?:Latest|Uncommitted)>([^<]+)</g)].map((match) => match[1]!);
      const source = Buffer.concat(ids.map((blockId) => blocks.get(blockId)!));
      void work(assetId, source);
    }
    send(response, 201, '', { 'x-ms-request-id': randomUUID(), 'x-ms-version': '2024-11-04', ETag: '"1"' });
  }

  async function work(assetId: string, source: Buffer): Promise<void> {
    const change = (fields: Partial<Asset>) => {
      const asset = assets.get(assetId);
      if (asset) assets.set(assetId, { ...asset, ...fields, updatedAt: new Date().toISOString() });
    };
    const { kind, name } = assets.get(assetId)!;
    const processing = name.includes('broken') ? null : options.process(kind, source, assetId);
    const stages = steps[kind];
    for (const [index, step] of stages.entries()) {
      change({ status: 'processing', progress: { step, fraction: (index + 0.3) / stages.length } });
      await new Promise((wake) => setTimeout(wake, (options.processingMs ?? 1_000) / stages.length));
    }
    if (!processing)
      return change({
        status: 'failed',
        progress: undefined,
        failure: { code: 'image.truncated', message: 'The picture is damaged or breaks off before its end. Open it on your device to check, export it again and upload it once more.' },
      });
    const { image, video, files: published } = await processing;
    for (const file of published) files.set(file.url, file);
    const marker = kind === 'image' ? markerOf(assets.get(assetId)!, image!) : undefined;
    if (marker) markers.set(marker.id, marker);
    change({ status: 'ready', progress: undefined, image, video, markerId: marker?.id });
  }

  return {
    origin,
    requests,
    fail: (fault) => {
      const pending = { times: 1, ...fault };
      faults.push(pending);
      return () => void (pending.times = 0);
    },
    hold(path) {
      let release = () => {};
      const until = new Promise<void>((done) => (release = done));
      const entry = { path, until };
      holds.push(entry);
      return () => {
        holds.splice(holds.indexOf(entry), 1);
        release();
      };
    },
    account(person) {
      accounts.set(person.email, { ...person, id: `acc_${randomUUID()}`, roles: ['personal'], createdAt: new Date().toISOString() });
      const value = randomUUID();
      sessions.set(value, person.email);
      return { name: 'portico_refresh', value, url: `${origin}/api/v1/auth` };
    },
    expireTokens: () => tokens.clear(),
    count: (code, values) => void counts.set(code, values),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, body: string | Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end(body);
}

function reply(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  send(response, status, JSON.stringify(value), { 'Content-Type': 'application/json', ...headers });
}

function refuse(response: ServerResponse, status: number, problem: Partial<Problem> = {}): void {
  const whole: Problem = {
    type: 'about:blank',
    title: status === 404 ? 'There is no such resource' : 'Something went wrong on our side',
    status,
    code: status === 404 ? 'resource.not_found' : 'service.internal',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    ...problem,
  };
  send(response, status, JSON.stringify(whole), { 'Content-Type': 'application/problem+json' });
}

function markerOf(asset: Asset, image: NonNullable<Asset['image']>): Marker {
  return {
    id: `mrk_${asset.id}`,
    projectId: asset.projectId,
    assetId: asset.id,
    url: `/cdn/${asset.id}.portico`,
    bytes: 91_342,
    widthPx: image.widthPx,
    heightPx: image.heightPx,
    keypointCount: 842,
    quality: {
      score: 82,
      parts: [
        { name: 'detail', score: 91, explanation: 'There is plenty of fine structure to hold on to.' },
        { name: 'spread', score: 74, explanation: 'The upper third is plain; the rest is well covered.' },
        { name: 'uniqueness', score: 88, explanation: 'Hardly any part looks like another.' },
        { name: 'contrast', score: 46, explanation: 'Colours differ, but their brightness is close.' },
      ],
    },
    heatMap: heatMapLike(),
    advice: [
      { code: 'low_contrast', text: 'Raise the contrast: light and dark parts side by side, not shades of the same grey.' },
      { code: 'poor_when_small', text: 'Use bolder shapes, or print it larger: fine texture disappears when somebody stands further away.' },
    ],
    createdAt: asset.createdAt,
  };
}

/** Warm in the middle and along the lower edge, cold in the corners above. */
function heatMapLike(): NonNullable<Marker['heatMap']> {
  const columns = 16, rows = 21;
  const cells = Buffer.from(Array.from({ length: columns * rows }, (_, i) => {
    const x = (i % columns) / (columns - 1), y = Math.floor(i / columns) / (rows - 1);
    return Math.round(255 * Math.min(1, Math.max(Math.exp(-12 * ((x - 0.5) ** 2 + (y - 0.4) ** 2)), y > 0.85 ? 0.9 : 0)));
  }));
  return { columns, rows, cells: cells.toString('base64') };
}

/** Looks like a QR code and says nothing; the real one is proven scannable elsewhere. */
function qrLike(code: string): string {
  let seed = [...code].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const eye = (x: number, y: number) => `<path d="M${x} ${y}h7v7h-7zM${x + 1} ${y + 1}v5h5v-5zM${x + 2} ${y + 2}h3v3h-3z" fill-rule="evenodd"/>`;
  let dots = '';
  for (let y = 0; y < 25; y++)
    for (let x = 0; x < 25; x++) {
      const inEye = (x < 8 && y < 8) || (x > 16 && y < 8) || (x < 8 && y > 16);
      if (!inEye && next() > 0.5) dots += `<path d="M${x + 4} ${y + 4}h1v1h-1z"/>`;
    }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33"><rect width="33" height="33" fill="#fff"/>${eye(4, 4)}${eye(22, 4)}${eye(4, 22)}${dots}</svg>`;
}
