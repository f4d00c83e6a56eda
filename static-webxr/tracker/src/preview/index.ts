import type { PreviewAnswer, PreviewRequest } from './preview-worker.ts';
import type { PictureQuality } from './quality.ts';

export type { PictureAdvice, PictureQuality, QualityPart } from './quality.ts';

/**
 * Forecasts in the browser how well cameras will find a picture: what the server will say of it, to within a few points
 * (docs/marker-quality.md). Nothing is uploaded.
 * @returns null for a picture this browser can't read: the server may.
 */
export async function judgePicture(picture: Blob): Promise<PictureQuality | null> {
  const worker = new Worker(new URL('./preview-worker.ts', import.meta.url), { type: 'module' });
  try {
    const answer = await new Promise<PreviewAnswer>((resolve, reject) => {
      worker.onmessage = (event: MessageEvent<PreviewAnswer>) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message || 'The preview could not be loaded.'));
      worker.postMessage({ picture, wasmUrl: new URL('../../build/preview.wasm', import.meta.url).href } satisfies PreviewRequest);
    });
    return 'quality' in answer ? answer.quality : null;
  } finally {
    worker.terminate();
  }
}
