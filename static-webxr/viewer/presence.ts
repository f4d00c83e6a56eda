import type { TargetPose } from '@portico/tracker';

/** Whether one picture is in view, smoothed for eyes: content fades and pauses, it doesn't flicker. */
export interface Presence {
  /**
   * True from the first pose until the picture has been out of view for {@link ABSENT_AFTER_MS}, or for as long as the
   * phone's motion tells where it is.
   */
  present: boolean;
  /** Seen by the camera now, or a moment ago: false at once when people turn to another picture. */
  seen: boolean;
  /** 0–1: how visible the content is. */
  opacity: number;
  /** The last pose that was known. */
  matrix: Float32Array;
  /** Takes in the pose of one frame. @returns whether `present` changed. */
  update(pose: Pick<TargetPose, 'state' | 'matrix'>, nowMs: number): boolean;
  /** The camera is gone: nothing is in view. */
  reset(): void;
}

export const ABSENT_AFTER_MS = 1500;
const UNSEEN_AFTER_MS = 250;
const APPEAR_MS = 140;
const VANISH_MS = 260;

export function createPresence(): Presence {
  let updatedMs = 0;
  let seenMs = -Infinity;
  const presence: Presence = {
    present: false,
    seen: false,
    opacity: 0,
    matrix: new Float32Array(16),
    update({ state, matrix }, nowMs) {
      const elapsedMs = nowMs - updatedMs;
      updatedMs = nowMs;
      if (state !== 'searching') presence.matrix.set(matrix);
      if (state === 'tracking') seenMs = nowMs;
      if (state === 'searching') presence.opacity = Math.max(0, presence.opacity - elapsedMs / VANISH_MS);
      else if (presence.present || state === 'tracking') presence.opacity = Math.min(1, presence.opacity + Math.min(elapsedMs, 50) / APPEAR_MS);
      const was = presence.present;
      presence.seen = nowMs - seenMs < UNSEEN_AFTER_MS;
      presence.present = nowMs - seenMs < ABSENT_AFTER_MS || (presence.present && state === 'bridged');
      return was !== presence.present;
    },
    reset() {
      presence.present = presence.seen = false;
      presence.opacity = 0;
      seenMs = -Infinity;
    },
  };
  return presence;
}
