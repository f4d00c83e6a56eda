import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Asset, AssetUpload, Link, Page, ProgressMessage, ProjectAnalytics, Project, Session } from '../../../static-webxr/shared/api.ts';

/** A problem+json answer, with everything needed to understand a failing test. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
    request: string,
  ) {
    super(`${request} answered ${status}: ${body}`);
  }
}

/** One person's signed-in client of the HTTP API: the portal's calls without the portal. */
export class Campaigner {
  private constructor(
    readonly origin: string,
    readonly session: Session,
  ) {}

  /** Registers an account, by default a fresh one. */
  static async register(origin: string, displayName = 'tester', credentials = freshCredentials()): Promise<Campaigner> {
    return new Campaigner(origin, await request<Session>(origin, 'POST', '/auth/register', undefined, { ...credentials, displayName }));
  }

  static async login(origin: string, email: string, password: string): Promise<Campaigner> {
    return new Campaigner(origin, await request<Session>(origin, 'POST', '/auth/login', undefined, { email, password }));
  }

  /** Goes on with a session of the same account, as long as its access token lives: signing in costs a core a third of a second. */
  static resume(origin: string, session: Session): Campaigner {
    return new Campaigner(origin, session);
  }

  call<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    return request<T>(this.origin, method, path, this.session.accessToken, body, headers);
  }

  createProject(name: string): Promise<Project> {
    return this.call('POST', '/projects', { name });
  }

  /**
   * Announces the file, writes the blob through its one-blob URL; processing starts by itself.
   * @param idempotencyKey the same one again continues an upload whose answer was lost.
   */
  async upload(projectId: string, file: string, contentType: string, idempotencyKey: string = crypto.randomUUID()): Promise<Asset> {
    const bytes = await readFile(file);
    const { asset, upload } = await this.call<AssetUpload>('POST', `/projects/${projectId}/assets`, {
      name: basename(file),
      contentType,
      bytes: bytes.length,
    }, { 'idempotency-key': idempotencyKey });
    const answer = await fetch(new URL(upload.url, this.origin), {
      method: 'PUT',
      headers: { 'x-ms-blob-type': 'BlockBlob', 'content-type': contentType },
      body: bytes,
    });
    if (answer.status !== 201) throw new ApiError(answer.status, await answer.text(), 'PUT of the upload');
    return asset;
  }

  asset(id: string): Promise<Asset> {
    return this.call('GET', `/assets/${id}`);
  }

  /** Waits for the end of processing: ready or failed. */
  async settled(id: string, timeoutMs = 60_000): Promise<Asset> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const asset = await this.asset(id);
      if (asset.status === 'ready' || asset.status === 'failed') return asset;
      if (Date.now() > deadline) throw new Error(`Asset ${id} is still ${asset.status} (${JSON.stringify(asset.progress)}) after ${timeoutMs} ms`);
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }

  createLink(projectId: string, title: string, imageAssetId: string, contentAssetId: string): Promise<Link> {
    return this.call('POST', `/projects/${projectId}/links`, { title, targets: [{ imageAssetId, contentAssetId }] });
  }

  links(projectId: string): Promise<Page<Link>> {
    return this.call('GET', `/projects/${projectId}/links`);
  }

  analytics(projectId: string): Promise<ProjectAnalytics> {
    return this.call('GET', `/projects/${projectId}/analytics`);
  }

  /** Listens to a project as the portal does. `messages` grows while `stop` has not been called. */
  async watch(projectId: string, messages: ProgressMessage[] = []): Promise<{ messages: ProgressMessage[]; stop(): Promise<void> }> {
    const { url, accessToken } = await this.call<{ url: string; accessToken: string }>('POST', `/projects/${projectId}/negotiate`);
    const connection = new HubConnectionBuilder()
      .withUrl(new URL(url, this.origin).href, { accessTokenFactory: () => accessToken })
      .configureLogging(LogLevel.None)
      .build();
    connection.on('asset.progress', (message: ProgressMessage) => void messages.push(message));
    await connection.start();
    return { messages, stop: () => connection.stop() };
  }
}

function freshCredentials(): { email: string; password: string } {
  return { email: `tester-${crypto.randomUUID()}@example.com`, password: `correct horse ${crypto.randomUUID()}` };
}

async function request<T>(origin: string, method: string, path: string, accessToken: string | undefined, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: {
      ...headers,
      ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new ApiError(answer.status, text, `${method} ${path}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
