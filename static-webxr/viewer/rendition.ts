import type { ManifestVideoRendition } from '../shared/manifest.ts';

/** What decides how large a video is worth its bytes. */
export interface Playback {
  /** The screen's shorter side in CSS pixels, and how many device pixels each has. */
  screenShortSide: number;
  pixelRatio: number;
  /** `navigator.connection`, where there is one. */
  connection?: Connection | undefined;
  /** `HTMLMediaElement.canPlayType`. */
  canPlayType(type: string): string;
}

/** The Network Information API's part that matters here; Chromium has it, Safari and Firefox don't. */
export interface Connection {
  saveData?: boolean;
  effectiveType?: string;
  /** Megabits a second, capped by browsers at 10. */
  downlink?: number;
}

const TABLET_SHORT_SIDE = 700;
/** A stream may use this share of the measured rate; the rest is for everything else on the line. */
const LINE_SHARE = 0.8;

/**
 * The renditions worth trying, best first: the largest that suits screen and line, then smaller ones, then
 * larger ones. Those the browser says it can't play are left out, unless it says so of all.
 */
export function renditionsByFit(renditions: readonly ManifestVideoRendition[], playback: Playback): ManifestVideoRendition[] {
  const playable = renditions.filter((r) => playback.canPlayType(`video/mp4; codecs="${r.codecs}"`) !== '');
  const known = [...(playable.length > 0 ? playable : renditions)].sort((a, b) => lines(b) - lines(a));
  const most = mostLines(playback);
  const bitsPerSecond = (playback.connection?.downlink ?? Infinity) * 1e6 * LINE_SHARE;
  const suits = (r: ManifestVideoRendition) => lines(r) <= most && r.bitsPerSecond <= bitsPerSecond;
  return [...known.filter(suits), ...known.filter((r) => !suits(r)).reverse()];
}

/** "1080p" counts the shorter side, whichever way the video stands. */
function lines(rendition: ManifestVideoRendition): number {
  return Math.min(rendition.widthPx, rendition.heightPx);
}

function mostLines({ screenShortSide, pixelRatio, connection }: Playback): number {
  if (connection?.saveData === true || /2g|3g/.test(connection?.effectiveType ?? '')) return 480;
  if (screenShortSide >= TABLET_SHORT_SIDE && screenShortSide * pixelRatio >= 1000) return 1080;
  return 720;
}
