import { Group, SimpleGrid, Skeleton, Text, Title, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconBolt, IconRefresh } from '@tabler/icons-react';
import type { Asset } from '../../shared/api.ts';
import { Failure } from '../shell/failure.tsx';
import type { useLiveAssets } from './asset-queries.ts';
import { Announcer } from './announcer.tsx';
import { AssetCard } from './asset-card.tsx';
import { DropArea } from './drop-area.tsx';
import { UploadCard } from './upload-card.tsx';
import { useUploads } from './uploads.ts';

/** A project's files: the place to drop more, those on their way, those that are here. */
export function AssetSection(props: { projectId: string; live: ReturnType<typeof useLiveAssets>; onShow: (assetId: string) => void }) {
  const { projectId, live } = props;
  const uploads = useUploads(projectId);
  const travelling = new Set(uploads.map((upload) => upload.assetId));
  // While its file travels, the upload's card stands for the asset.
  const assets = live.assets?.filter((asset) => !travelling.has(asset.id));
  const empty = assets?.length === 0 && uploads.length === 0;

  return (
    <section aria-labelledby="files-heading" className="asset-section">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="files-heading">
          Files
        </Title>
        {assets?.some(isWorking) && <Freshness live={live.channel === 'live'} />}
      </Group>
      <DropArea projectId={projectId} large={empty} />
      {live.isError && !assets ? (
        <Failure title="The files couldn’t be loaded" error={live.error} onRetry={() => void live.refetch()} />
      ) : !assets ? (
        <SimpleGrid cols={{ base: 2, sm: 3 }} role="status">
          <VisuallyHidden>Loading files</VisuallyHidden>
          {[0, 1, 2].map((index) => (
            <Skeleton key={index} h={196} radius="lg" />
          ))}
        </SimpleGrid>
      ) : (
        !empty && (
          <ul className="plain-list asset-grid">
            {uploads.map((upload) => (
              <UploadCard key={upload.id} upload={upload} />
            ))}
            {assets.map((asset) => (
              <AssetCard key={asset.id} asset={asset} onShow={() => props.onShow(asset.id)} />
            ))}
          </ul>
        )
      )}
      <Announcer assets={assets} />
    </section>
  );
}

function isWorking(asset: Asset): boolean {
  return asset.status === 'processing';
}

/** How news of the work reaches this page: pushed, or asked for. */
function Freshness(props: { live: boolean }) {
  const Icon = props.live ? IconBolt : IconRefresh;
  return (
    <Tooltip label={props.live ? 'Progress arrives as it happens' : 'Progress is asked for every few seconds'}>
      <Text size="xs" c="dimmed" className="freshness" tabIndex={0}>
        <Icon size={13} aria-hidden /> {props.live ? 'Live' : 'Updating'}
      </Text>
    </Tooltip>
  );
}
