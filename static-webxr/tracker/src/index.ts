export { createTracker } from './tracker.ts';
export { createTrackerCore, type TrackerCore } from './core.ts';
export { projectionMatrix, focalLengthPx } from './projection.ts';
export { MarkerFileError } from './types.ts';
export type {
  CameraFrame,
  DeviceTurn,
  FrameResult,
  TargetInfo,
  TargetOptions,
  TargetPose,
  TargetState,
  Tracker,
  TrackerOptions,
} from './types.ts';
