import type { ProgressMessage } from '../../shared/api.ts';
import type { ApiClient } from '../api/api-client.ts';

export type ChannelState = 'connecting' | 'live' | 'offline';

export interface ProjectChannel {
  dispose(): void;
}

const firstDelayMs = 1_000;
const maxDelayMs = 30_000;

/**
 * Listens to what happens in a project. Each connection is negotiated afresh (its token is short-lived), and a lost one
 * is made again with growing, jittered pauses. Messages sent in between are gone: whoever listens catches up over
 * REST whenever the state turns `live`, and polls while it isn't.
 */
export function openProjectChannel(
  api: ApiClient,
  projectId: string,
  on: { state(state: ChannelState): void; progress(message: ProgressMessage): void },
): ProjectChannel {
  const closing = new AbortController();
  void keepOpen();
  return { dispose: () => closing.abort() };

  async function keepOpen(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures++) {
      on.state('connecting');
      try {
        await connectUntilLost(() => {
          failures = 0;
          on.state('live');
        });
      } catch {
        // Whatever it was, the answer is the same: poll meanwhile, try again later.
      }
      if (closing.signal.aborted) return;
      on.state('offline');
      await pause(Math.min(maxDelayMs, firstDelayMs * 2 ** failures) * (0.75 + Math.random() / 2));
    }
  }

  /** Resolves when a connection that stood was lost; rejects when it couldn't be made. */
  async function connectUntilLost(onOpen: () => void): Promise<void> {
    const [{ HubConnectionBuilder, LogLevel }, endpoint] = await Promise.all([
      import('@microsoft/signalr'),
      api<{ url: string; accessToken: string }>(`/projects/${projectId}/negotiate`, { method: 'POST', signal: closing.signal }),
    ]);
    const connection = new HubConnectionBuilder()
      .withUrl(endpoint.url, { accessTokenFactory: () => endpoint.accessToken })
      .configureLogging(LogLevel.None)
      .build();
    connection.on('asset.progress', (message: ProgressMessage) => on.progress(message));
    const lost = new Promise<void>((resolve) => connection.onclose(() => resolve()));
    const close = () => void connection.stop();
    closing.signal.addEventListener('abort', close, { once: true });
    try {
      await connection.start();
      if (closing.signal.aborted) return await connection.stop();
      onOpen();
      await lost;
    } finally {
      closing.signal.removeEventListener('abort', close);
    }
  }

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      closing.signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
      addEventListener('online', () => (clearTimeout(timer), resolve()), { once: true, signal: closing.signal });
    });
  }
}
