import type { BlockBlobClient } from '@azure/storage-blob';

const minBlockBytes = 256 * 1024;
const maxBlockBytes = 4 * 1024 * 1024;
const parallelBlocks = 3;

export interface BlockUpload {
  /**
   * Sends what hasn't been sent yet and commits the blob. After a failure or an abort, calling it again goes on
   * after the last finished block, because staged blocks stay with the blob until it is committed.
   */
  run(options: { signal: AbortSignal; onProgress(loadedBytes: number): void }): Promise<void>;
}

/**
 * Browsers report how much of a request's body has left only when all of it has, so progress moves by blocks: about
 * a hundred of them, within sizes that are neither chatty nor lost in vain when the network breaks.
 */
function blockBytesFor(fileBytes: number): number {
  return Math.min(maxBlockBytes, Math.max(minBlockBytes, Math.ceil(fileBytes / 100)));
}

/** Uploads a file to one SAS URL in blocks. The storage client is loaded only now: most visits upload nothing. */
export async function createBlockUpload(file: Blob, url: string, contentType: string): Promise<BlockUpload> {
  const { AnonymousCredential, BlockBlobClient } = await import('@azure/storage-blob');
  const client: BlockBlobClient = new BlockBlobClient(new URL(url, location.href).href, new AnonymousCredential(), {
    retryOptions: { maxTries: 4, retryDelayInMs: 800, maxRetryDelayInMs: 8_000, tryTimeoutInMs: 120_000 },
  });
  const blockBytes = blockBytesFor(file.size);
  const blocks = Array.from({ length: Math.ceil(file.size / blockBytes) }, (_, index) => ({
    // All ids of one blob must have the same length.
    id: btoa(String(index).padStart(6, '0')),
    from: index * blockBytes,
    bytes: Math.min(blockBytes, file.size - index * blockBytes),
  }));
  const staged = new Set<string>();

  return {
    async run({ signal, onProgress }) {
      const report = () => onProgress(blocks.reduce((sum, block) => sum + (staged.has(block.id) ? block.bytes : 0), 0));
      const queue = blocks.filter((block) => !staged.has(block.id));
      // One failed block stops its siblings too: the retry begins with a clean queue.
      const stop = new AbortController();
      const abortSignal = AbortSignal.any([signal, stop.signal]);
      async function work(): Promise<void> {
        for (let block = queue.shift(); block && !abortSignal.aborted; block = queue.shift()) {
          const { id, from, bytes } = block;
          await client.stageBlock(id, file.slice(from, from + bytes), bytes, { abortSignal });
          staged.add(id);
          report();
        }
      }
      try {
        await Promise.all(Array.from({ length: parallelBlocks }, work));
      } catch (error) {
        stop.abort();
        throw error;
      }
      signal.throwIfAborted();
      await client.commitBlockList(
        blocks.map((block) => block.id),
        { abortSignal: signal, blobHTTPHeaders: { blobContentType: contentType } },
      );
    },
  };
}
