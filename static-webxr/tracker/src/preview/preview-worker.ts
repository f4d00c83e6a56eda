import { lumaOf } from './luma.ts';
import { qualityOf, type PictureQuality } from './quality.ts';
import { createPictureSurvey } from './survey.ts';

/** What the page sends: a picture, and where build/preview.wasm lies. */
export interface PreviewRequest {
  picture: Blob;
  wasmUrl: string;
}

/** What the worker answers, once. */
export type PreviewAnswer = { quality: PictureQuality } | { unreadable: string };

/** As the server decodes pictures for the compiler (CompileMarker.LongSidePx). */
const LONG_SIDE_PX = 1000;

async function judge({ picture, wasmUrl }: PreviewRequest): Promise<PictureQuality> {
  const [survey, bitmap] = await Promise.all([
    fetch(wasmUrl).then(async (answer) => createPictureSurvey(await answer.arrayBuffer())),
    createImageBitmap(picture, { imageOrientation: 'from-image' }),
  ]);
  const scale = Math.min(1, LONG_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale)), height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const luma = lumaOf(context.getImageData(0, 0, width, height));
  return qualityOf(luma, survey(luma));
}

self.onmessage = (event: MessageEvent<PreviewRequest>) => {
  judge(event.data).then(
    (quality) => self.postMessage({ quality } satisfies PreviewAnswer),
    (reason: unknown) => self.postMessage({ unreadable: String(reason) } satisfies PreviewAnswer),
  );
};
