import { percentile } from '../../web/tracking/run-sequence.ts';
import type { Sighting } from './sightings.ts';

/** What counts as on the picture, at 640×480. */
export const CLOSE_PX = 5;
/** Further off than this is not the target but something else. */
const ELSEWHERE_PX = 50;
/** With less of it in the frame a target counts neither as seen nor as missed. */
const LEAST_IN_VIEW = 0.4;

/** What a class's sequences say of one tracker. Shares are of the frames with the target in view. */
export interface Figures {
  framesInView: number;
  detected: number;
  /** p@5: share with a mean corner error of at most 5 px. */
  close: number;
  errorPx: { median: number; p95: number };
  /** Frames up to and including the first sighting, in the median of the sequences that had one; how many had none. */
  framesToFirst: number;
  neverFound: number;
  /** RMS of the change of a corner's error from a frame to the next, by √2: what shakes, not what is off. */
  jitterPx: number;
  /** Times that the target was lost though in view. */
  losses: number;
  /** Frames with the target reported where it is not: elsewhere, or out of view altogether. */
  falsePositives: number;
  milliseconds: { cold: number; coldP95: number; follow: number; followP95: number };
}

export function figuresOf(sequences: readonly Sighting[][]): Figures {
  const all = sequences.flat();
  const inView = all.filter(({ truth }) => truth.inView >= LEAST_IN_VIEW);
  const seen = inView.filter(({ corners }) => corners !== undefined);
  const errors = seen.map(({ errorPx }) => errorPx);
  const firsts = sequences.map((sequence) => sequence.findIndex(({ corners }) => corners !== undefined));
  const cold = all.filter((s) => s.cold).map((s) => s.detectMs ?? s.milliseconds);
  const follow = all.filter((s) => !s.cold).map((s) => s.trackMs ?? s.milliseconds);
  return {
    framesInView: inView.length,
    detected: seen.length / inView.length,
    close: errors.filter((error) => error <= CLOSE_PX).length / inView.length,
    errorPx: { median: percentile(errors, 0.5), p95: percentile(errors, 0.95) },
    framesToFirst: percentile(firsts.filter((first) => first >= 0), 0.5) + 1,
    neverFound: firsts.filter((first) => first < 0).length,
    jitterPx: jitter(sequences),
    losses: sequences.reduce((sum, sequence) => sum + lossesOf(sequence), 0),
    falsePositives: all.filter((s) => s.corners !== undefined && (s.truth.inView === 0 || s.errorPx > ELSEWHERE_PX)).length,
    milliseconds: {
      cold: percentile(cold, 0.5), coldP95: percentile(cold, 0.95), follow: percentile(follow, 0.5), followP95: percentile(follow, 0.95),
    },
  };
}

const lossesOf = (sequence: readonly Sighting[]): number =>
  sequence.filter((s, i) => i > 0 && s.corners === undefined && s.truth.inView >= LEAST_IN_VIEW && sequence[i - 1]!.corners !== undefined).length;

function jitter(sequences: readonly Sighting[][]): number {
  let squares = 0, count = 0;
  for (const sequence of sequences) {
    for (let i = 1; i < sequence.length; i++) {
      const a = sequence[i - 1]!, b = sequence[i]!;
      if ([a, b].some(({ errorPx, truth }) => errorPx > ELSEWHERE_PX || truth.inView < LEAST_IN_VIEW)) continue;
      for (let k = 0; k < 8; k++) {
        const change = b.corners![k]! - b.truth.corners[k]! - (a.corners![k]! - a.truth.corners[k]!);
        squares += change * change / 2;
        count++;
      }
    }
  }
  return Math.sqrt(squares / count);
}

/** Deviation of each corner's x and y from its mean over the sequence, RMS over pictures. */
export function jitterAtRest(sequences: readonly Sighting[][]): number {
  let squares = 0, count = 0;
  for (const sequence of sequences) {
    const corners = sequence.flatMap((s) => (s.corners === undefined ? [] : [s.corners]));
    for (let k = 0; k < 8; k++) {
      const mean = corners.reduce((sum, c) => sum + c[k]!, 0) / corners.length;
      for (const c of corners) squares += (c[k]! - mean) ** 2;
      count += corners.length;
    }
  }
  return Math.sqrt(squares / count);
}

/** How far the corners are behind a target that moves to the right, in frames. */
export function lagFrames(moving: readonly Sighting[][], pxAFrame: number): number {
  let behind = 0, count = 0;
  for (const { corners, truth } of moving.flat()) {
    if (corners === undefined) continue;
    for (let k = 0; k < 8; k += 2, count++) behind += truth.corners[k]! - corners[k]!;
  }
  return behind / count / pxAFrame;
}
