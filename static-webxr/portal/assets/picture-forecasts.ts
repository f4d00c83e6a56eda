import type { PictureQuality } from '@portico/tracker/preview';
import { createStore, useStore } from '../state/store.ts';

/** What this browser says of a picture, before the server does. */
export type PictureForecast = { state: 'looking' } | ({ state: 'done' } & PictureQuality) | { state: 'unreadable' };

const forecasts = createStore<ReadonlyMap<string, PictureForecast>>(new Map());
/** One picture at a time: a large one takes 200 MB for a moment. */
let turn = Promise.resolve();

const set = (id: string, forecast: PictureForecast) => forecasts.set((all) => new Map(all).set(id, forecast));

/** Looks at a picture that is about to be uploaded. The code for it is loaded when the first one comes. */
export function forecastPicture(uploadId: string, picture: File): void {
  set(uploadId, { state: 'looking' });
  turn = turn.then(async () => {
    performance.mark(`forecast-${uploadId}`);
    try {
      const { judgePicture } = await import('@portico/tracker/preview');
      const quality = await judgePicture(picture);
      set(uploadId, quality ? { state: 'done', ...quality } : { state: 'unreadable' });
    } catch {
      // Without it the upload goes on as ever, and the server says what it finds.
      set(uploadId, { state: 'unreadable' });
    }
    performance.measure('forecast', `forecast-${uploadId}`);
  });
}

/** The forecast goes on standing for the asset, until its marker is there. */
export function keepForecast(uploadId: string, assetId: string): void {
  const stop = forecasts.subscribe(copy);
  copy();
  function copy(): void {
    const forecast = forecasts.get().get(uploadId);
    if (forecast?.state === 'looking') return;
    stop();
    if (forecast) set(assetId, forecast);
  }
}

/** @param id of an upload or of the asset that it became */
export function useForecast(id: string): PictureForecast | undefined {
  return useStore(forecasts).get(id);
}
