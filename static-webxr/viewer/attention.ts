import type { Presence } from './presence.ts';

/** Which of several pictures people look at: the one in view that is nearest to the middle of what the camera sees. */
export interface Attention {
  /** Notes where a picture is in this frame. */
  see(target: number, presence: Pick<Presence, 'seen' | 'matrix'>): void;
  /** The one attended to after this frame; −1 before the first was seen. Without any in view it stays with the last. */
  choose(nowMs: number): number;
}

/** While both are in view, another takes over only when it is nearer by this factor, for this long: no to and fro. */
const CLEARLY_NEARER = 0.8;
const TAKES_OVER_AFTER_MS = 300;

export function createAttention(targets: number): Attention {
  /** Tangent of the angle between the camera's axis and the picture's centre. */
  const offAxis = new Float64Array(targets).fill(Infinity);
  let chosen = -1;
  let challenger = -1;
  let challengedMs = 0;

  return {
    see(target, { seen, matrix }) {
      offAxis[target] = seen ? Math.hypot(matrix[12]!, matrix[13]!) / -matrix[14]! : Infinity;
    },
    choose(nowMs) {
      let nearest = -1;
      for (let i = 0; i < targets; i++) {
        if (offAxis[i]! < (nearest < 0 ? Infinity : offAxis[nearest]!)) nearest = i;
      }
      if (nearest < 0) return chosen;
      if (chosen < 0 || offAxis[chosen] === Infinity) chosen = nearest;
      const challenges = nearest !== chosen && offAxis[nearest]! < CLEARLY_NEARER * offAxis[chosen]!;
      if (!challenges) challenger = -1;
      else if (challenger !== nearest) [challenger, challengedMs] = [nearest, nowMs];
      else if (nowMs - challengedMs >= TAKES_OVER_AFTER_MS) chosen = nearest;
      return chosen;
    },
  };
}
