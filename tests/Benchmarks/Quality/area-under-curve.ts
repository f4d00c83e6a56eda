import { createRandom } from '../../web/tracking/random.ts';

/** A forecast and what came of it. */
export interface Outcome {
  score: number;
  detected: boolean;
  /** Outcomes of one group are resampled together. */
  group: string;
}

export interface AreaUnderCurve {
  /** Chance that a detected picture scores higher than one that wasn't; ties count half. NaN without both kinds. */
  auc: number;
  /** 95 % of bootstrap resamples lie between these. */
  low: number;
  high: number;
  pictures: number;
  detected: number;
  groups: number;
}

const RESAMPLES = 2000;

/** The area under the ROC curve, its interval by resampling whole photographs: their crops are not independent. */
export function areaUnderCurve(outcomes: readonly Outcome[]): AreaUnderCurve {
  const groups = [...new Set(outcomes.map((outcome) => outcome.group))].map((group) => outcomes.filter((outcome) => outcome.group === group));
  const random = createRandom(20261120);
  const resampled: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    const auc = auroc(groups.flatMap(() => groups[Math.floor(random.next() * groups.length)]!));
    if (!Number.isNaN(auc)) resampled.push(auc);
  }
  resampled.sort((a, b) => a - b);
  const at = (share: number): number => resampled[Math.min(resampled.length - 1, Math.floor(share * resampled.length))] ?? NaN;
  return {
    auc: auroc(outcomes),
    low: at(0.025),
    high: at(0.975),
    pictures: outcomes.length,
    detected: outcomes.filter((outcome) => outcome.detected).length,
    groups: groups.length,
  };
}

/** Mann and Whitney's U over the number of pairs. */
function auroc(outcomes: readonly Outcome[]): number {
  const sorted = outcomes.toSorted((a, b) => a.score - b.score);
  let detected = 0, ranks = 0;
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end < sorted.length && sorted[end]!.score === sorted[i]!.score) end++;
    for (let k = i; k < end; k++) {
      if (!sorted[k]!.detected) continue;
      detected++;
      ranks += (i + 1 + end) / 2;
    }
    i = end;
  }
  return (ranks - (detected * (detected + 1)) / 2) / (detected * (sorted.length - detected));
}
