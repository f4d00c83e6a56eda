import type { ManifestVideo } from '../shared/manifest.ts';
import { playback } from './content.ts';
import { renditionsByFit } from './rendition.ts';

/** The video by itself, with the browser's own controls: what everybody gets who has no camera to offer. */
export interface Player {
  show(video: ManifestVideo, autoplay: boolean): void;
  hide(): void;
  dispose(): void;
}

export function createPlayer(
  element: HTMLVideoElement,
  on: { started(): void; completed(): void; failed(): void },
): Player {
  let urls: string[] = [];
  let loaded: ManifestVideo | undefined;
  let started = false;

  const onPlaying = () => {
    if (!started) on.started();
    started = true;
  };
  const onError = () => {
    if (urls.length === 0) return;
    urls.shift();
    if (urls.length === 0) on.failed();
    else element.src = urls[0]!;
  };
  element.addEventListener('playing', onPlaying);
  element.addEventListener('ended', on.completed);
  element.addEventListener('error', onError);

  function hide(): void {
    element.pause();
  }

  return {
    show(video, autoplay) {
      if (loaded !== video) {
        loaded = video;
        started = false;
        element.poster = video.poster.url;
        element.style.setProperty('--content-aspect', String(video.widthPx / video.heightPx));
        urls = renditionsByFit(video.renditions, playback(element)).map((rendition) => rendition.url);
        element.src = urls[0]!;
      }
      // Refused where a tap is wanted: the controls are there for it.
      if (autoplay) element.play().catch(() => undefined);
    },
    hide,
    dispose() {
      hide();
      element.removeEventListener('playing', onPlaying);
      element.removeEventListener('ended', on.completed);
      element.removeEventListener('error', onError);
      element.removeAttribute('src');
    },
  };
}
