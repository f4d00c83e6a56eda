import type { Asset, AssetKind, AssetProgress } from '../../shared/api.ts';

export interface StatusWords {
  label: string;
  /** Whole percent, where it says more than the label does. */
  percent: number | null;
}

const steps: Record<AssetProgress['step'], Record<AssetKind, string>> = {
  check: { image: 'Checking the picture', video: 'Checking the video' },
  render: { image: 'Making sizes', video: 'Making a poster' },
  compile: { image: 'Compiling the marker', video: 'Compiling' },
  transcode: { image: 'Converting', video: 'Transcoding' },
  publish: { image: 'Publishing', video: 'Publishing' },
};

/** What is happening to an asset, in a marketer's words. A step the portal doesn't know yet is still work. */
export function statusWords(asset: Pick<Asset, 'kind' | 'status' | 'progress'>): StatusWords {
  switch (asset.status) {
    case 'awaitingUpload':
      return { label: 'Waiting for its file', percent: null };
    case 'ready':
      return { label: 'Ready', percent: null };
    case 'failed':
      return { label: 'Couldn’t be used', percent: null };
    case 'processing': {
      if (!asset.progress) return { label: 'Starting', percent: null };
      const label = steps[asset.progress.step]?.[asset.kind] ?? 'Working on it';
      return { label, percent: Math.floor(asset.progress.fraction * 100) };
    }
  }
}
