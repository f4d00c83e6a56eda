import type { CameraFrame, FrameResult, TargetInfo, TargetOptions, TrackerOptions } from './types.ts';

/** What the page sends to the worker. */
export type ToWorker =
  | { kind: 'start'; options: TrackerOptions; wasmUrl: string }
  | { kind: 'addTarget'; markerFile: ArrayBuffer; options: TargetOptions | undefined }
  | { kind: 'setCamera'; options: TrackerOptions }
  | ({ kind: 'track' } & CameraFrame);

/** What the worker answers: exactly one answer a message, in order. */
export type FromWorker =
  | { kind: 'started' }
  | { kind: 'added'; target: TargetInfo }
  | { kind: 'cameraSet' }
  | { kind: 'tracked'; result: FrameResult }
  | { kind: 'failed'; reason: string; damagedMarker: boolean };
