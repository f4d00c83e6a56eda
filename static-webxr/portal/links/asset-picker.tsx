import { IconAlertTriangle, IconMovie, IconPhoto } from '@tabler/icons-react';
import { useId, type ReactNode } from 'react';
import type { Asset } from '../../shared/api.ts';
import { statusWords } from '../assets/status-words.ts';
import { clock } from '../words/duration.ts';

/** One choice among a project's pictures or videos; what isn't ready is shown, and says why it can't be chosen. */
export function AssetPicker(props: { legend: string; assets: Asset[]; value: string | null; onChange: (assetId: string) => void; empty: ReactNode }) {
  const name = useId();
  return (
    <fieldset className="picker">
      <legend>{props.legend}</legend>
      {props.assets.length === 0 ? (
        <div className="picker-empty">{props.empty}</div>
      ) : (
        <div className="picker-grid">
          {props.assets.map((asset) => (
            <Choice key={asset.id} asset={asset} name={name} checked={asset.id === props.value} onChoose={() => props.onChange(asset.id)} />
          ))}
        </div>
      )}
    </fieldset>
  );
}

function Choice(props: { asset: Asset; name: string; checked: boolean; onChoose: () => void }) {
  const { asset } = props;
  const cover = asset.image?.thumbnail ?? asset.video?.poster;
  const ready = asset.status === 'ready';
  const words = statusWords(asset);
  const Icon = asset.status === 'failed' ? IconAlertTriangle : asset.kind === 'video' ? IconMovie : IconPhoto;
  return (
    <label className="picker-choice" data-checked={props.checked || undefined} data-unready={!ready || undefined}>
      <input type="radio" name={props.name} className="visually-hidden" checked={props.checked} disabled={!ready} onChange={props.onChoose} />
      <span className="picker-cover">
        {cover ? <img src={cover.url} alt="" /> : <Icon size={24} stroke={1.3} aria-hidden />}
        {asset.video && ready && <span className="asset-duration">{clock(asset.video.durationSeconds)}</span>}
      </span>
      <span className="picker-name">{asset.name}</span>
      {!ready && (
        <span className="picker-status">
          {words.label}
          {words.percent === null ? '' : `, ${words.percent} %`}
        </span>
      )}
    </label>
  );
}
