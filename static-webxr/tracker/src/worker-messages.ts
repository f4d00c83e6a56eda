import type { TargetInfo, TargetOptions, TrackerOptions } from './types.ts';

/** What the page sends to the worker. A buffer by itself is a frame to be tracked (frame-packet.ts). */
export type ToWorker = Request | ArrayBuffer;

export type Request =
  | { kind: 'start'; options: TrackerOptions; wasmUrl: string }
  | { kind: 'addTarget'; markerFile: ArrayBuffer; options: TargetOptions | undefined }
  | { kind: 'setCamera'; options: TrackerOptions };

/** What the worker answers: exactly one answer a message, in order. The frame comes back with its result. */
export type FromWorker =
  | ArrayBuffer
  | { kind: 'started' }
  | { kind: 'added'; target: TargetInfo }
  | { kind: 'cameraSet' }
  | { kind: 'failed'; reason: string; damagedMarker: boolean };
