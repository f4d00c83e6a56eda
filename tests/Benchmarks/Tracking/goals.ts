import type { FalseAlarms } from './contest.ts';
import type { Figures } from './figures.ts';
import type { Recognition } from './many-targets.ts';

/** One class: what each tracker did on the same frames. */
export interface Row {
  class: string;
  /** Where p@5 is to be twice MindAR's. */
  hard: boolean;
  ours: Figures;
  /** What MindAR's engine found. */
  mindar?: Figures;
  /** What its page would show of it, after warm-up and smoothing. */
  mindarShown?: Figures;
}

export interface Steadiness {
  /** Pictures that count: those which every tracker saw in every frame that counts. */
  pictures: number;
  ours: { jitterPx: number; lagFrames: number };
  mindar?: { jitterPx: number; lagFrames: number };
  mindarShown?: { jitterPx: number; lagFrames: number };
}

/** A line of the goals table, as text. */
export interface Verdict {
  figure: string;
  goal: string;
  mindar: string;
  ours: string;
  ratio: string;
  met: boolean;
}

/** Where twice theirs is impossible, this many frames within 5 px are enough. */
const NEARLY_ALL = 0.9;

/** Fewer prove nothing; --full looks at as many. */
const TARGET_FREE_FRAMES = 10_000;

export interface Measured {
  rows: readonly Row[];
  overall: Row;
  steadiness: Steadiness;
  falseAlarms: { ours: FalseAlarms; mindar?: FalseAlarms };
  many: Recognition;
  mindarOnCpuMs: number;
}

/** The goals of a whole run, MindAR given the better of what its engine found and what its page would show. */
export function judge({ rows, overall, steadiness, falseAlarms, many, mindarOnCpuMs }: Measured): Verdict[] {
  const easy = rows.find((row) => row.class === 'easy')!;
  const ours = overall.ours.milliseconds, theirs = overall.mindar!.milliseconds;
  const cold = Math.min(theirs.cold, mindarOnCpuMs), coldP95 = Math.min(theirs.coldP95, mindarOnCpuMs);
  const shown = steadiness.mindarShown!;
  return [
    ...rows.map(closeFrames),
    ...[easy, overall].flatMap(({ class: name, ours: o, mindar: m }) => [
      atMost(`corner error, median, ${name}`, 0.5, m!.errorPx.median, o.errorPx.median, 'px'),
      atMost(`corner error, p95, ${name}`, 0.5, m!.errorPx.p95, o.errorPx.p95, 'px'),
    ]),
    atMost('detection, median', 0.25, cold, ours.cold, 'ms'),
    atMost('detection, p95', 0.25, coldP95, ours.coldP95, 'ms'),
    atMost('following, median', 0.2, theirs.follow, ours.follow, 'ms'),
    atMost('following, p95', 0.2, theirs.followP95, ours.followP95, 'ms'),
    limit('jitter, static camera', '≤ 0.3 px RMS', steadiness.ours.jitterPx, 0.3, `${shown.jitterPx.toFixed(3)} px`, `${steadiness.ours.jitterPx.toFixed(3)} px`, shown.jitterPx),
    limit('lag at 200 px/s, same parameters', '≤ 1 frame', Math.abs(steadiness.ours.lagFrames), 1, `${shown.lagFrames.toFixed(2)} frames`, `${steadiness.ours.lagFrames.toFixed(2)} frames`),
    noneFound(falseAlarms),
    limit(`${many.targets} targets, none known`, '≤ 150 ms', many.milliseconds.median, 150, 'not measured', `${many.milliseconds.median.toFixed(0)} ms`),
  ];
}

function noneFound({ ours, mindar }: Measured['falseAlarms']): Verdict {
  const text = ({ found, frames }: FalseAlarms): string => `${found} of ${frames}`;
  return {
    figure: 'false positives',
    goal: `none in ${TARGET_FREE_FRAMES.toLocaleString('en')} frames`,
    mindar: mindar === undefined ? '–' : text(mindar),
    ours: text(ours),
    ratio: '',
    met: ours.found === 0 && ours.frames >= TARGET_FREE_FRAMES,
  };
}

function closeFrames({ class: name, hard, ours, mindar, mindarShown }: Row): Verdict {
  const theirs = Math.max(mindar!.close, mindarShown!.close);
  return {
    figure: `p@5, ${name}`,
    goal: hard ? '≥ 2 × or ≥ 90 %' : '≥ theirs',
    mindar: percent(theirs),
    ours: percent(ours.close),
    ratio: times(ours.close / theirs),
    met: ours.close >= theirs && (!hard || ours.close >= 2 * theirs || ours.close >= NEARLY_ALL),
  };
}

function atMost(figure: string, share: number, theirs: number, ours: number, unit: string): Verdict {
  return {
    figure,
    goal: `≤ ${share === 0.5 ? 'half' : `1/${1 / share}`}`,
    mindar: `${theirs.toFixed(2)} ${unit}`,
    ours: `${ours.toFixed(2)} ${unit}`,
    ratio: times(ours / theirs),
    met: ours <= share * theirs,
  };
}

function limit(figure: string, goal: string, value: number, most: number, mindar: string, ours: string, theirs?: number): Verdict {
  return { figure, goal, mindar, ours, ratio: theirs === undefined ? '' : times(value / theirs), met: value <= most };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const times = (ratio: number): string => (Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : '–');
