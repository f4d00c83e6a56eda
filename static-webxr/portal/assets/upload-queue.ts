import type { Asset, AssetKind, AssetUpload } from '../../shared/api.ts';
import type { ApiClient } from '../api/api-client.ts';
import { ApiError } from '../api/problem.ts';
import { createStore } from '../state/store.ts';
import { createBlockUpload, type BlockUpload } from './block-upload.ts';
import { judgeFile } from './file-rules.ts';
import { createSpeedometer } from './transfer-speed.ts';

export interface Upload {
  id: string;
  projectId: string;
  name: string;
  bytes: number;
  kind: AssetKind | null;
  /** Object URL of the picture, to be seen while it travels. */
  previewUrl: string | null;
  phase: 'refused' | 'waiting' | 'uploading' | 'stalled' | 'failed';
  loadedBytes: number;
  bytesPerSecond: number | null;
  /** Why it was refused, stalled or failed. */
  reason: string | null;
  /** Known once the server has been told of the file. */
  assetId: string | null;
}

interface Job {
  file: File;
  contentType: string;
  stop: AbortController;
  transfer: BlockUpload | null;
  asset: Asset | null;
}

/** What the queue tells of: assets that began to exist, or whose file has arrived. */
export interface UploadEvents {
  onAsset(asset: Asset, uploadId: string): void;
  onFinished(asset: Asset): void;
  /** A picture that will be uploaded. */
  onPicture(uploadId: string, picture: File): void;
}

const parallelUploads = 2;

/**
 * Files on their way up, across all projects. Lives outside the views, so that walking through the portal doesn't
 * stop an upload. Without a network an upload stalls, and goes on by itself when the network is back.
 */
export function createUploadQueue(api: ApiClient, events: UploadEvents) {
  const uploads = createStore<readonly Upload[]>([]);
  const jobs = new Map<string, Job>();

  const find = (id: string) => uploads.get().find((upload) => upload.id === id);
  const change = (id: string, fields: Partial<Upload>) =>
    uploads.set((all) => all.map((upload) => (upload.id === id ? { ...upload, ...fields } : upload)));

  function drop(id: string): void {
    const upload = find(id);
    if (upload?.previewUrl) URL.revokeObjectURL(upload.previewUrl);
    jobs.delete(id);
    uploads.set((all) => all.filter((each) => each.id !== id));
  }

  function next(): void {
    const running = uploads.get().filter((upload) => upload.phase === 'uploading').length;
    const waiting = uploads.get().filter((upload) => upload.phase === 'waiting');
    for (const upload of waiting.slice(0, Math.max(0, parallelUploads - running))) void transfer(upload.id);
  }

  async function transfer(id: string): Promise<void> {
    const upload = find(id);
    const job = jobs.get(id);
    if (!upload || !job) return;
    job.stop = new AbortController();
    change(id, { phase: 'uploading', reason: null, bytesPerSecond: null });
    const speed = createSpeedometer();
    try {
      if (!job.transfer || !job.asset) {
        const created = await api<AssetUpload>(`/projects/${upload.projectId}/assets`, {
          method: 'POST',
          body: { name: upload.name, contentType: job.contentType, bytes: upload.bytes, kind: upload.kind },
          signal: job.stop.signal,
        });
        job.asset = created.asset;
        job.transfer = await createBlockUpload(job.file, created.upload.url, job.contentType);
        change(id, { assetId: created.asset.id });
        events.onAsset(created.asset, id);
      }
      await job.transfer.run({
        signal: job.stop.signal,
        onProgress: (loadedBytes) => change(id, { loadedBytes, bytesPerSecond: speed(loadedBytes, performance.now()) }),
      });
      events.onFinished(job.asset);
      drop(id);
    } catch (error) {
      if (!job.stop.signal.aborted) refuseOrStall(id, job, error);
    } finally {
      next();
    }
  }

  function refuseOrStall(id: string, job: Job, error: unknown): void {
    const offline = !navigator.onLine || (error instanceof ApiError && error.status === 0);
    if (offline) {
      change(id, { phase: 'stalled', reason: 'No connection. The upload goes on by itself when you are back online.' });
      return;
    }
    // The upload URL holds for an hour and for one blob: past that, the next try asks for another.
    if ((error as { statusCode?: number }).statusCode === 403) void forget(job);
    const reason = error instanceof ApiError ? error.message : 'The upload was interrupted.';
    change(id, { phase: 'failed', reason });
  }

  async function forget(job: Job): Promise<void> {
    const asset = job.asset;
    job.asset = null;
    job.transfer = null;
    // An asset whose file never came holds nothing; if this fails, it shows as interrupted and can be deleted there.
    if (asset) await api(`/assets/${asset.id}`, { method: 'DELETE' }).catch(() => undefined);
  }

  addEventListener('online', () => {
    for (const upload of uploads.get()) if (upload.phase === 'stalled') change(upload.id, { phase: 'waiting' });
    next();
  });
  addEventListener('beforeunload', (event) => {
    if (uploads.get().some((upload) => upload.phase === 'uploading' || upload.phase === 'waiting')) event.preventDefault();
  });

  return {
    uploads,
    add(projectId: string, files: File[]): void {
      const added = files.map((file): Upload => {
        const id = crypto.randomUUID();
        const verdict = judgeFile(file);
        const kind = 'kind' in verdict ? verdict.kind : null;
        if ('contentType' in verdict)
          jobs.set(id, { file, contentType: verdict.contentType, stop: new AbortController(), transfer: null, asset: null });
        if (kind === 'image' && jobs.has(id)) events.onPicture(id, file);
        return {
          id,
          projectId,
          name: file.name,
          bytes: file.size,
          kind,
          previewUrl: kind === 'image' ? URL.createObjectURL(file) : null,
          phase: 'refusal' in verdict ? 'refused' : 'waiting',
          loadedBytes: 0,
          bytesPerSecond: null,
          reason: 'refusal' in verdict ? verdict.refusal : null,
          assetId: null,
        };
      });
      uploads.set((all) => [...added, ...all]);
      next();
    },
    retry(id: string): void {
      change(id, { phase: 'waiting', reason: null });
      next();
    },
    /** Stops the upload and forgets the file; also clears a refused or failed one away. */
    cancel(id: string): void {
      const job = jobs.get(id);
      job?.stop.abort();
      drop(id);
      if (job) void forget(job);
      next();
    },
  };
}

export type UploadQueue = ReturnType<typeof createUploadQueue>;
