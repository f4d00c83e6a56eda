/**
 * Shapes of the HTTP API, `/api/v1`, as the portal uses it. JSON, camelCase, RFC 3339 times. Lists are
 * `{items, cursor?}`; errors are `Problem` (RFC 9457, `application/problem+json`).
 *
 *   POST   /auth/register {email, password, displayName}      201 Session   sets the refresh cookie
 *   POST   /auth/login    {email, password}                   200 Session   sets the refresh cookie
 *   POST   /auth/refresh                                      200 Session   rotates the cookie
 *   POST   /auth/logout                                       204
 *   GET    /me                                                200 Account
 *   GET    /projects?limit&cursor                             200 Page<Project>
 *   POST   /projects {name, description?}                     201 Project
 *   GET|PUT|PATCH|DELETE /projects/{id}                       200 Project | 204 (DELETE)
 *   POST   /projects/{id}/negotiate                           200 {url, accessToken}   realtime, joins project:{id}
 *   GET    /projects/{id}/assets?limit&cursor                 200 Page<Asset>
 *   POST   /projects/{id}/assets {name, contentType, bytes, kind?}   201 AssetUpload
 *   GET|DELETE /assets/{id}                                   200 Asset | 204
 *   GET    /markers/{id}                                      200 Marker
 *   POST   /markers/generate {assetId}                        202 Asset   compiles again
 *   GET    /projects/{id}/links?limit&cursor                  200 Page<Link>
 *   POST   /projects/{id}/links {title, targets: [{imageAssetId, contentAssetId}]}   201 Link
 *   GET|PUT|PATCH|DELETE /links/{code}                        200 Link | 204
 *   GET    /links/{code}/qr.svg, /links/{code}/qr.png?size=   the QR code; public, as the code itself is
 *   POST   /analytics/track                                   202 {ignored}   public; see TrackBatch
 *   GET    /projects/{id}/analytics                           200 ProjectAnalytics
 *   GET    /operations/orchestrations?status&prefix&limit&cursor   200 Page<OrchestrationSummary>   administrators, as all of /operations
 *   GET    /operations/orchestrations/{id}                    200 Orchestration
 *   POST   /operations/orchestrations/{id}/retry              202 {instanceId}
 *   GET    /operations/blobs?state&limit&cursor               200 Page<BlobTries>
 *   GET    /operations/blobs/{id}                             200 BlobTries
 *   POST   /operations/blobs/{id}/retry                       202 BlobTries
 *   GET    /health                                            200 | 503
 *   GET    /health/live                                       200
 *
 * Access tokens go in `Authorization: Bearer`. The refresh token is an httpOnly cookie the page never sees.
 */
export interface Session {
  accessToken: string;
  /** When the access token ends; refresh before. */
  expiresAt: string;
  account: Account;
}

export interface Account {
  id: string;
  email: string;
  displayName: string;
  roles: ('personal' | 'professional' | 'admin')[];
  createdAt: string;
}

export interface Page<T> {
  items: T[];
  cursor?: string;
}

export interface Project {
  id: string;
  name: string;
  description?: string;
  createdAt: string;
  updatedAt: string;
}

export type AssetKind = 'image' | 'video';
export type AssetStatus = 'awaitingUpload' | 'processing' | 'ready' | 'failed';

export interface Asset {
  id: string;
  projectId: string;
  kind: AssetKind;
  /** The file's name as the person knows it. */
  name: string;
  status: AssetStatus;
  progress?: AssetProgress;
  failure?: AssetFailure;
  source: { contentType: string; declaredBytes: number; bytes?: number };
  image?: {
    widthPx: number;
    heightPx: number;
    format: string;
    renditions: ImageRendition[];
    thumbnail: ImageRendition;
  };
  video?: {
    widthPx: number;
    heightPx: number;
    durationSeconds: number;
    framesPerSecond: number;
    hasAudio: boolean;
    renditions: VideoRendition[];
    poster: ImageRendition;
  };
  markerId?: string;
  createdAt: string;
  updatedAt: string;
}

export interface AssetProgress {
  step: 'check' | 'render' | 'compile' | 'transcode' | 'publish';
  /** Of the whole asset, 0–1, never falling. */
  fraction: number;
}

export interface AssetFailure {
  code: string;
  message: string;
}

export interface ImageRendition {
  widthPx: number;
  heightPx: number;
  url: string;
  bytes: number;
  contentType: string;
}

export interface VideoRendition extends ImageRendition {
  bitsPerSecond: number;
  codecs: string;
}

/**
 * Where to send the file: one blob, write only, one hour. Small files by one `Put Blob`
 * (`x-ms-blob-type: BlockBlob`), large ones in blocks, as `BlockBlobClient` of @azure/storage-blob does.
 * The URL may be relative to the page's origin.
 */
export interface AssetUpload {
  asset: Asset;
  upload: { url: string; expiresAt: string; maxBytes: number };
}

export interface Marker {
  id: string;
  projectId: string;
  assetId: string;
  url: string;
  bytes: number;
  widthPx: number;
  heightPx: number;
  keypointCount: number;
  quality: MarkerQuality;
  /** Absent from markers of earlier compilers, until they are compiled again. */
  heatMap?: MarkerHeatMap;
  advice: MarkerAdvice[];
  createdAt: string;
}

export interface MarkerQuality {
  /** 0–100; from 60 on the picture is found in most hard camera views (docs/marker-quality.md). */
  score: number;
  parts: { name: string; score: number; explanation: string }[];
}

/** Where on the picture cameras find something to hold on to. */
export interface MarkerHeatMap {
  columns: number;
  rows: number;
  /** Base64 of a byte a cell, rows from the top: 0 nothing, 255 plenty. */
  cells: string;
}

export interface MarkerAdvice {
  /** Stable: docs/marker-quality.md. */
  code: string;
  text: string;
  /** The other marker and its picture, where the advice is about one (`similar_marker`). */
  markerId?: string;
  assetId?: string;
}

export interface Link {
  code: string;
  projectId: string;
  title: string;
  /** What people open: absolute. */
  url: string;
  targets: { imageAssetId: string; contentAssetId: string }[];
  qr: { svg: string; png: string };
  createdAt: string;
  updatedAt: string;
}

/** One `sendBeacon`: `Content-Type: text/plain` or `application/json`, at most 64 KiB and 100 events. */
export interface TrackBatch {
  code: string;
  /** Random per page view; nothing that outlives the tab. */
  sessionId: string;
  events: TrackEvent[];
}

export interface TrackEvent {
  /** Random; the same id counts once however often it arrives. */
  id: string;
  type: TrackEventType;
  /** Fixed once: the same event keeps its time when it is sent again. Over 30 days old or a day ahead it is ignored. */
  at: string;
  /** The target the event is about. */
  targetId?: string;
  /** Seconds watched, milliseconds to first frame…; by type. */
  value?: number;
  /** Why, for `failed`: `camera-denied`, `no-camera`, `manifest-missing`, `marker-failed`, `video-failed`… */
  reason?: string;
}

export type TrackEventType =
  | 'view_started'
  | 'camera_started'
  | 'marker_detected'
  | 'marker_lost'
  | 'video_started'
  | 'video_completed'
  | 'session_ended'
  | 'failed';

export interface ProjectAnalytics {
  links: { code: string; title: string; counts: Partial<Record<TrackEventType, number>>; lastEventAt?: string }[];
  totals: Partial<Record<TrackEventType, number>>;
}

export interface OrchestrationSummary {
  id: string;
  name: string;
  status: 'pending' | 'running' | 'suspended' | 'completed' | 'failed' | 'terminated';
  createdAt: string;
  updatedAt: string;
  failure?: OperationFailure;
}

/** One instance. What it was given and what it said are as its history keeps them, secrets taken out. */
export interface Orchestration extends OrchestrationSummary {
  input?: unknown;
  customStatus?: unknown;
  output?: unknown;
  /** What a retry would do; absent unless it failed or was terminated. */
  retryRule?: string;
}

export interface OperationFailure {
  type: string;
  message: string;
  stackTrace?: string;
  inner?: OperationFailure;
}

/** A function's tries at one version of a blob. */
export interface BlobTries {
  id: string;
  function: string;
  /** `container/path`. */
  blob: string;
  version: string;
  /** `lastTry`: the last one has begun and nobody has seen its end yet. */
  state: 'retrying' | 'lastTry' | 'poisoned';
  tries: number;
  maxTries: number;
  firstBeganAt: string;
  lastBeganAt: string;
  lastEndedAt?: string;
  failure?: { type: string; message: string };
}

/** Realtime: message `asset.progress` on the hub `portico`, group `project:{id}`. Carries all visible state. */
export interface ProgressMessage {
  projectId: string;
  assetId: string;
  kind: AssetKind;
  status: AssetStatus;
  progress?: AssetProgress;
  failure?: AssetFailure;
  /** Rises per asset; drop a message that isn't newer than the last. */
  sequence: number;
  at: string;
}

/** RFC 9457, with a stable code from docs/errors.md. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  code: string;
  traceId?: string;
  /** Field → what is wrong with it. */
  errors?: Record<string, string[]>;
}
