import { Badge, Group, Loader, Paper, Progress, Text } from '@mantine/core';
import { IconAlertTriangle, IconHourglass, IconMovie, IconPhoto, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Asset } from '../../shared/api.ts';
import { clock } from '../words/duration.ts';
import { markerQuery } from './asset-queries.ts';
import { ForecastLine } from './forecast-line.tsx';
import { verdictOf } from './marker-verdict.ts';
import { statusWords } from './status-words.ts';

export function AssetCard(props: { asset: Asset; onShow: () => void }) {
  const { asset } = props;
  const cover = asset.image?.thumbnail ?? asset.video?.poster;
  const Icon =
    asset.status === 'failed' ? IconAlertTriangle : asset.status === 'awaitingUpload' ? IconHourglass : asset.kind === 'video' ? IconMovie : IconPhoto;
  return (
    <Paper component="li" withBorder radius="lg" className="card" data-troubled={asset.status === 'failed' || undefined}>
      <div className="asset-cover">
        {cover ? <img src={cover.url} alt="" width={cover.widthPx} height={cover.heightPx} loading="lazy" /> : <Icon size={34} stroke={1.2} aria-hidden />}
        {asset.video && asset.status === 'ready' && (
          <span className="asset-duration">
            <IconPlayerPlayFilled size={11} aria-hidden /> <span className="visually-hidden">Length </span>
            {clock(asset.video.durationSeconds)}
          </span>
        )}
      </div>
      <div className="asset-text">
        <Text component="h3" fw={600} size="sm" truncate title={asset.name} m={0}>
          <button type="button" className="card-link" onClick={props.onShow}>
            {asset.name}
          </button>
        </Text>
        <AssetStatusLine asset={asset} />
      </div>
    </Paper>
  );
}

function AssetStatusLine(props: { asset: Asset }) {
  const { asset } = props;
  const { label, percent } = statusWords(asset);
  switch (asset.status) {
    case 'ready':
      return asset.markerId ? (
        <MarkerBadge asset={asset} />
      ) : (
        <Text size="sm" c="dimmed">
          {asset.video ? `${Math.min(asset.video.widthPx, asset.video.heightPx)}p, ${asset.video.hasAudio ? 'with sound' : 'silent'}` : label}
        </Text>
      );
    case 'failed':
      return (
        <Text size="sm" c="var(--mantine-color-error)" lineClamp={3}>
          {asset.failure?.message ?? label}
        </Text>
      );
    case 'awaitingUpload':
      return (
        <Text size="sm" c="dimmed">
          {label}
        </Text>
      );
    case 'processing':
      return (
        <>
          <Group justify="space-between" gap={4} wrap="nowrap">
            <Text size="sm" c="dimmed" truncate>
              {label}
            </Text>
            {percent === null ? (
              <Loader size={14} color="gray" aria-hidden />
            ) : (
              <Text size="sm" c="dimmed" className="figures">
                {percent} %
              </Text>
            )}
          </Group>
          <Progress value={percent ?? 3} size={5} mt={6} animated striped={false} aria-label={`${label}: ${asset.name}`} transitionDuration={400} />
          <ForecastLine id={asset.id} />
        </>
      );
  }
}

function MarkerBadge(props: { asset: Asset }) {
  const { data: marker } = useQuery(markerQuery(props.asset));
  if (!marker)
    return (
      <Text size="sm" c="dimmed">
        Ready
      </Text>
    );
  const verdict = verdictOf(marker.quality.score);
  return (
    <Badge variant="dot" color={verdict.color} tt="none" fw={500} size="md" className="quality-badge">
      {verdict.label} · {marker.quality.score}
    </Badge>
  );
}
