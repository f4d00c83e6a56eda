import type { Account, Session } from '../../shared/api.ts';
import { createApiClient, type ApiClient } from '../api/api-client.ts';
import { ApiError } from '../api/problem.ts';
import { createStore, type Store } from '../state/store.ts';

export type SessionState =
  | { status: 'starting' }
  /** The server couldn't be asked; that is not the same as being signed out. */
  | { status: 'unreachable'; error: ApiError }
  | { status: 'signedOut'; reason?: 'ended' }
  | { status: 'signedIn'; account: Account };

export interface SessionStore {
  state: Store<SessionState>;
  api: ApiClient;
  /** Asks the server, once at load, whether the refresh cookie still stands for somebody. */
  start(): Promise<void>;
  signIn(credentials: { email: string; password: string }): Promise<void>;
  register(registration: { email: string; password: string; displayName: string }): Promise<void>;
  signOut(): Promise<void>;
}

type TabMessage = { type: 'session'; session: Session } | { type: 'signedOut' };

const refreshEarlyMs = 60_000;

/**
 * The signed-in person. The access token lives in this closure only: no storage, nothing a script injected later
 * could read back. The refresh cookie rotates, so two tabs must not spend it at once: a Web Lock lets one tab
 * refresh, and a broadcast hands the result to the others, which then need no refresh of their own.
 */
export function createSessionStore(): SessionStore {
  const state = createStore<SessionState>({ status: 'starting' });
  const channel = new BroadcastChannel('portico.session');
  let session: Session | null = null;
  let refreshing: Promise<boolean> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const api = createApiClient({ token: () => session?.accessToken ?? null, refresh });

  function accept(next: Session): void {
    session = next;
    clearTimeout(timer);
    const remainingMs = Date.parse(next.expiresAt) - Date.now();
    timer = setTimeout(() => void refresh().catch(() => undefined), Math.max(remainingMs - refreshEarlyMs, 5_000));
    state.set({ status: 'signedIn', account: next.account });
  }

  function end(reason?: 'ended'): void {
    session = null;
    clearTimeout(timer);
    state.set({ status: 'signedOut', reason });
  }

  function refresh(): Promise<boolean> {
    refreshing ??= exclusively(async () => {
      const before = session;
      return await navigatorLock('portico.refresh', async () => {
        // Another tab refreshed while this one waited: its session arrived by broadcast.
        if (session && session !== before) return true;
        try {
          const next = await api<Session>('/auth/refresh', { method: 'POST', anonymous: true });
          accept(next);
          channel.postMessage({ type: 'session', session: next } satisfies TabMessage);
          return true;
        } catch (error) {
          if (!(error instanceof ApiError) || !(error.status === 401 || error.status === 403)) throw error;
          end(before ? 'ended' : undefined);
          return false;
        }
      });
    });
    return refreshing;
  }

  async function exclusively(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } finally {
      refreshing = null;
    }
  }

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.type === 'session') accept(data.session);
    else end();
  };

  // A laptop that slept through the expiry refreshes when it is looked at again, not on the next click.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && session && Date.parse(session.expiresAt) - Date.now() < refreshEarlyMs)
      void refresh().catch(() => undefined);
  });

  async function enter(path: string, body: unknown): Promise<void> {
    const next = await api<Session>(path, { method: 'POST', body, anonymous: true });
    accept(next);
    channel.postMessage({ type: 'session', session: next } satisfies TabMessage);
  }

  return {
    state,
    api,
    async start() {
      state.set({ status: 'starting' });
      try {
        await refresh();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        state.set({ status: 'unreachable', error });
      }
    },
    signIn: (credentials) => enter('/auth/login', credentials),
    register: (registration) => enter('/auth/register', registration),
    async signOut() {
      await api('/auth/logout', { method: 'POST', anonymous: true });
      end();
      channel.postMessage({ type: 'signedOut' } satisfies TabMessage);
    },
  };
}

/** Web Locks need a secure context; on a plain-HTTP LAN address the tab goes without, and the server's grace covers it. */
async function navigatorLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? await navigator.locks.request(name, work) : await work();
}
