import { readProblem, unreachable } from './problem.ts';

/** What the client needs to know of the session: a token to send, and a way to get a fresh one. */
export interface TokenSource {
  token(): string | null;
  /** Resolves to false when the session has ended; concurrent callers share one refresh. */
  refresh(): Promise<boolean>;
}

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
  /** Lets the request outlive the page: for deletions committed while leaving. */
  keepalive?: boolean;
  /** Requests that make or end the session itself: no token, no refresh. */
  anonymous?: boolean;
}

export type ApiClient = ReturnType<typeof createApiClient>;

/**
 * Calls `/api/v1`. Failures are `ApiError`s. A 401 refreshes the session once and tries again; creates carry an
 * idempotency key, so the second try can't make a second thing.
 */
export function createApiClient(tokens: TokenSource, base = '/api/v1') {
  async function send(path: string, request: ApiRequest, idempotencyKey: string | null): Promise<Response> {
    const headers = new Headers({ Accept: 'application/json' });
    const token = request.anonymous ? null : tokens.token();
    if (token) headers.set('Authorization', `Bearer ${token}`);
    if (request.body !== undefined)
      headers.set('Content-Type', request.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    if (idempotencyKey) headers.set('Idempotency-Key', idempotencyKey);
    try {
      return await fetch(base + path, {
        method: request.method ?? 'GET',
        headers,
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
        signal: request.signal,
        keepalive: request.keepalive,
        credentials: 'same-origin',
      });
    } catch (error) {
      if (request.signal?.aborted) throw error;
      throw unreachable();
    }
  }

  return async function call<T>(path: string, request: ApiRequest = {}): Promise<T> {
    const idempotencyKey = request.method === 'POST' && !request.anonymous ? crypto.randomUUID() : null;
    let response = await send(path, request, idempotencyKey);
    if (response.status === 401 && !request.anonymous && (await tokens.refresh()))
      response = await send(path, request, idempotencyKey);
    if (!response.ok) throw await readProblem(response);
    if (response.status === 204) return undefined as T;
    return (await response.json().catch(() => undefined)) as T;
  };
}
