import type { LumaImage } from './luma.ts';
import { signalsOf, type PictureSignals } from './signals.ts';
import type { ViewSurvey } from './survey.ts';

/** A forecast, not a promise: the same numbers and codes as functions/Vision/QualityScore.cs. */
export interface PictureQuality {
  /** 0 (can't be tracked) to 100. */
  score: number;
  parts: QualityPart[];
  /** What to change, for the picture's author; empty when nothing is amiss. */
  advice: PictureAdvice[];
}

export interface QualityPart {
  name: 'detail' | 'spread' | 'contrast' | 'uniqueness' | 'stability' | 'distance';
  score: number;
}

export interface PictureAdvice {
  /** Stable: docs/marker-quality.md. */
  code: string;
  text: string;
}

const BIAS = -8.14, FAR_WEIGHT = 0.546, CONTRAST_WEIGHT = 0.868, UNIQUENESS_WEIGHT = 0.832;
const BEST_SHARE = 0.85;
const WEAKEST_DEVIATION = 4, PLENTY_OF_DEVIATION = 40;
const PLENTY_OF_CORNERS = 7.5, FEWEST_CORNERS = 2;
const PLENTY_OF_FAR_CORNERS = 6, FEWEST_FAR_CORNERS = 1;
const POOR = 40;

export function qualityOf(image: LumaImage, surveys: readonly ViewSurvey[]): PictureQuality {
  const signals = signalsOf(surveys);
  const parts: QualityPart[] = [
    { name: 'detail', score: percent((Math.max(signals.near, signals.middle) - FEWEST_CORNERS) / (PLENTY_OF_CORNERS - FEWEST_CORNERS)) },
    { name: 'spread', score: percent(signals.coverage / 0.8) },
    { name: 'contrast', score: percent((signals.contrast - WEAKEST_DEVIATION) / (PLENTY_OF_DEVIATION - WEAKEST_DEVIATION)) },
    { name: 'uniqueness', score: percent(signals.uniqueness) },
    { name: 'stability', score: percent(signals.stability / 0.8) },
    { name: 'distance', score: percent((signals.far - FEWEST_FAR_CORNERS) / (PLENTY_OF_FAR_CORNERS - FEWEST_FAR_CORNERS)) },
  ];
  return { score: scoreOf(signals), parts, advice: adviceOn(image, parts) };
}

function scoreOf(signals: PictureSignals): number {
  if (signals.near + signals.middle + signals.far === 0) return 0;
  const evidence = BIAS + FAR_WEIGHT * signals.far + CONTRAST_WEIGHT * Math.log2(1 + signals.contrast) + UNIQUENESS_WEIGHT * signals.uniqueness;
  return percent(1 / (1 + Math.exp(-evidence)) / BEST_SHARE);
}

/** What to do about a part that is poor. */
const REMEDIES: Record<QualityPart['name'], PictureAdvice> = {
  detail: { code: 'little_texture', text: 'Add detail: photographs, lettering and illustrations with clear edges work well; plain colours and soft gradients don’t.' },
  spread: { code: 'empty_areas', text: 'Spread the detail: fill empty areas, above all near the corners, with something to see.' },
  contrast: { code: 'low_contrast', text: 'Raise the contrast: light and dark parts side by side, not shades of the same grey.' },
  uniqueness: { code: 'repetitive', text: 'Avoid patterns that repeat: every part of the picture should look different.' },
  stability: { code: 'unstable_detail', text: 'Use clearer shapes: fine texture and thin lines change when somebody looks from the side.' },
  distance: { code: 'poor_when_small', text: 'Use bolder shapes, or print it larger: little is left of it when somebody stands further away.' },
};

function adviceOn({ widthPx, heightPx }: LumaImage, parts: readonly QualityPart[]): PictureAdvice[] {
  const advice: PictureAdvice[] = [];
  if (Math.min(widthPx, heightPx) < 200) advice.push({ code: 'small_picture', text: 'Use a larger picture: at least 500 pixels on its shorter side.' });
  if (Math.max(widthPx, heightPx) > 4 * Math.min(widthPx, heightPx))
    advice.push({ code: 'narrow_picture', text: 'Use a less narrow picture: at most twice as long as it is wide works best.' });
  for (const part of parts) if (part.score < POOR) advice.push(REMEDIES[part.name]);
  return advice;
}

const percent = (share: number): number => Math.round(100 * Math.min(Math.max(share, 0), 1));
