import type { Asset, ProgressMessage } from '../../shared/api.ts';

/** The newest message per asset. */
export type LiveProgress = ReadonlyMap<string, ProgressMessage>;

/** Takes a message in, unless one at least as new was seen: the hub may repeat and reorder. */
export function takeMessage(seen: LiveProgress, message: ProgressMessage): LiveProgress {
  const last = seen.get(message.assetId);
  if (last && last.sequence >= message.sequence) return seen;
  return new Map(seen).set(message.assetId, message);
}

/**
 * An asset as the newest of both sources tells it. The document is written less often than messages are sent, so the
 * message may be ahead; after a reconnect the document may be. Progress never falls. "Ready" counts only once
 * the document is here, since renditions come with it and not with the message.
 */
export function withLiveProgress(asset: Asset, message: ProgressMessage | undefined): Asset {
  if (!message || isSettled(asset)) return asset;
  switch (message.status) {
    case 'failed':
      return { ...asset, status: 'failed', failure: message.failure, progress: undefined };
    case 'ready':
      return { ...asset, status: 'processing', progress: { step: 'publish', fraction: 1 } };
    case 'processing': {
      const [document, live] = [asset.progress, message.progress];
      const progress = live && (!document || live.fraction >= document.fraction) ? live : document;
      return { ...asset, status: 'processing', progress };
    }
    case 'awaitingUpload':
      return asset;
  }
}

/** Nothing more will happen to it by itself. */
export function isSettled(asset: Pick<Asset, 'status'>): boolean {
  return asset.status === 'ready' || asset.status === 'failed';
}
