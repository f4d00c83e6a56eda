/**
 * The public JSON of a link, `/cdn/m/{code}.json`: everything the viewer needs, and nothing that a stranger
 * may not know. Written by `functions/App/Links/Manifest.cs`; the two change together. Additions are
 * optional members; a change of meaning raises `version`, and viewers refuse versions they don't know.
 */
export interface Manifest {
  version: 1;
  code: string;
  title: string;
  /** When this manifest was written, RFC 3339. */
  publishedAt: string;
  targets: ManifestTarget[];
  /** Where batched events go; resolved against the page. Absent: no telemetry. */
  telemetryUrl?: string;
}

/** One printed picture and what plays on it. */
export interface ManifestTarget {
  id: string;
  marker: { url: string; bytes: number; formatVersion: number };
  /** The picture: `thumbnail` coaches ("point at this"); the size gives the aspect the content is fitted to. */
  picture: { widthPx: number; heightPx: number; thumbnail: ManifestImage };
  content: ManifestVideo;
}

export interface ManifestImage {
  url: string;
  widthPx: number;
  heightPx: number;
}

export interface ManifestVideo {
  kind: 'video';
  widthPx: number;
  heightPx: number;
  durationSeconds: number;
  hasAudio: boolean;
  poster: ManifestImage;
  /** Tallest first; progressive MP4, H.264 + AAC, index first. */
  renditions: ManifestVideoRendition[];
}

export interface ManifestVideoRendition {
  url: string;
  widthPx: number;
  heightPx: number;
  bitsPerSecond: number;
  /** RFC 6381, for `canPlayType`. */
  codecs: string;
  bytes: number;
}
