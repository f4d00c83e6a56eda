import { keepPreviousData, queryOptions, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { Asset, Marker, Page } from '../../shared/api.ts';
import { session } from '../session/session.ts';
import { useDeleted } from '../undo/use-deletion.tsx';
import { isSettled, takeMessage, withLiveProgress, type LiveProgress } from './live-progress.ts';
import { openProjectChannel, type ChannelState } from './project-channel.ts';

const pollMs = 3_000;
/** Even a live channel may lose a message. */
const safetyPollMs = 20_000;

export const assetsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['assets', projectId],
    queryFn: ({ signal }) => allAssets(projectId, signal),
  });

/** Of an asset that has one. A compilation anew shows as a new version of the asset. */
export const markerQuery = (asset: Pick<Asset, 'markerId' | 'updatedAt'>) =>
  queryOptions({
    queryKey: ['marker', asset.markerId, asset.updatedAt],
    queryFn: ({ signal }) => session.api<Marker>(`/markers/${asset.markerId}`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** A project's assets, newest first, without those being deleted. */
export function useAssets(projectId: string) {
  const deleted = useDeleted();
  const query = useQuery(assetsQuery(projectId));
  const assets = useMemo(() => query.data?.filter((asset) => !deleted.has(assetKey(asset.id))), [query.data, deleted]);
  return { ...query, assets };
}

/** The same, kept up to date: by the project's channel while it is open, by polling while it isn't. */
export function useLiveAssets(projectId: string) {
  const queries = useQueryClient();
  const [channel, setChannel] = useState<ChannelState>('connecting');
  const [live, setLive] = useState<LiveProgress>(new Map());

  useEffect(() => {
    const refresh = () => void queries.invalidateQueries({ queryKey: ['assets', projectId] });
    const opened = openProjectChannel(session.api, projectId, {
      state(state) {
        setChannel(state);
        if (state === 'live') refresh();
      },
      progress(message) {
        setLive((seen) => takeMessage(seen, message));
        if (message.status === 'ready' || message.status === 'failed' || !knows(queries, projectId, message.assetId)) refresh();
      },
    });
    return () => opened.dispose();
  }, [projectId, queries]);

  const { assets, ...query } = useAssets(projectId);
  const unsettled = query.data?.some((asset) => !isSettled(asset)) ?? false;
  useQuery({ ...assetsQuery(projectId), refetchInterval: unsettled ? (channel === 'live' ? safetyPollMs : pollMs) : false });

  const current = useMemo(() => assets?.map((asset) => withLiveProgress(asset, live.get(asset.id))), [assets, live]);
  return { ...query, assets: current, channel };
}

export const assetKey = (id: string) => `asset:${id}`;

/** Shows a created asset before the next list arrives. */
export function insertAsset(queries: QueryClient, asset: Asset): void {
  queries.setQueryData(assetsQuery(asset.projectId).queryKey, (known) => (known ? [asset, ...known.filter((each) => each.id !== asset.id)] : known));
}

function knows(queries: QueryClient, projectId: string, assetId: string): boolean {
  return queries.getQueryData(assetsQuery(projectId).queryKey)?.some((asset) => asset.id === assetId) ?? false;
}

async function allAssets(projectId: string, signal: AbortSignal): Promise<Asset[]> {
  const assets: Asset[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<Asset> = await session.api(`/projects/${projectId}/assets?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal });
    assets.push(...page.items);
    cursor = page.cursor;
  } while (cursor);
  return assets.sort((one, other) => other.createdAt.localeCompare(one.createdAt));
}
