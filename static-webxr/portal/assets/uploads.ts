import { useMemo } from 'react';
import { session } from '../session/session.ts';
import { queryClient } from '../state/query-client.ts';
import { useStore } from '../state/store.ts';
import { assetsQuery, insertAsset } from './asset-queries.ts';
import { forecastPicture, keepForecast } from './picture-forecasts.ts';
import { createUploadQueue, type Upload } from './upload-queue.ts';

/** The page's one upload queue. */
export const uploadQueue = createUploadQueue(session.api, {
  onAsset(asset, uploadId) {
    insertAsset(queryClient, asset);
    keepForecast(uploadId, asset.id);
  },
  onPicture: forecastPicture,
  onFinished(asset) {
    // The server hears of the file a moment later; until it does, the card says so instead of "no file".
    insertAsset(queryClient, { ...asset, status: 'processing' });
    setTimeout(() => void queryClient.invalidateQueries({ queryKey: assetsQuery(asset.projectId).queryKey }), 1_500);
  },
});

export function useUploads(projectId: string): Upload[] {
  const uploads = useStore(uploadQueue.uploads);
  return useMemo(() => uploads.filter((upload) => upload.projectId === projectId), [uploads, projectId]);
}
