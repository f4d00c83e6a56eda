import { Button, Skeleton, Switch, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Asset, Marker } from '../../shared/api.ts';
import { session } from '../session/session.ts';
import { Failure } from '../shell/failure.tsx';
import { insertAsset, markerQuery } from './asset-queries.ts';
import { HeatMapLayer, heatMapInWords } from './heat-map-layer.tsx';
import { MarkerDetail } from './marker-detail.tsx';
import { RenditionList } from './rendition-list.tsx';

/** A picture: how it looks, how well phones will find it and where they hold on to it, and its sizes. */
export function ImageDetail(props: { asset: Asset; image: NonNullable<Asset['image']> }) {
  const { asset, image } = props;
  const { data: marker, error, refetch } = useQuery({ ...markerQuery(asset), enabled: asset.markerId !== undefined });
  // A drawer is about 500 px wide: twice that is sharp on any screen.
  const shown = [...image.renditions].sort((one, other) => one.widthPx - other.widthPx).find((rendition) => rendition.widthPx >= 900) ?? image.renditions[0] ?? image.thumbnail;
  return (
    <>
      <Picture rendition={shown} name={asset.name} heatMap={marker?.heatMap} />
      {marker ? (
        <>
          <MarkerDetail marker={marker} />
          {!marker.heatMap && <CheckAgain asset={asset} />}
        </>
      ) : error ? (
        <Failure title="The quality couldn’t be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        asset.markerId && <Skeleton h={180} radius="lg" />
      )}
      <RenditionList
        original={`${image.widthPx} × ${image.heightPx} px, ${image.format.toUpperCase()}`}
        renditions={image.renditions}
        label={(rendition) => `${rendition.widthPx} × ${rendition.heightPx}`}
      />
    </>
  );
}

function Picture(props: { rendition: NonNullable<Asset['image']>['thumbnail']; name: string; heatMap: Marker['heatMap'] }) {
  const { rendition, heatMap } = props;
  const [mapped, setMapped] = useState(false);
  return (
    <figure className="detail-picture">
      <div className="detail-picture-stack">
        <img className="detail-image" src={rendition.url} alt={props.name} width={rendition.widthPx} height={rendition.heightPx} />
        {heatMap && mapped && <HeatMapLayer heatMap={heatMap} widthPx={rendition.widthPx} heightPx={rendition.heightPx} />}
      </div>
      {heatMap && (
        <figcaption>
          <Switch label="Show where phones hold on" checked={mapped} onChange={(event) => setMapped(event.currentTarget.checked)} />
          {mapped && (
            <Text size="sm" c="dimmed" mt={6}>
              {heatMapInWords(heatMap)} <span className="heat-map-key">Nothing</span> <span className="heat-map-key" data-warm>Plenty</span>
            </Text>
          )}
        </figcaption>
      )}
    </figure>
  );
}

/** For pictures that were judged before there were maps. */
function CheckAgain(props: { asset: Asset }) {
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () => session.api<Asset>('/markers/generate', { method: 'POST', body: { assetId: props.asset.id } }),
    onSuccess: (asset) => insertAsset(queries, asset),
  });
  return (
    <div>
      <Text size="sm" c="dimmed" mb={8}>
        This picture was judged before Portico could show where phones hold on to it.
      </Text>
      <Button variant="default" size="sm" leftSection={<IconRefresh size={16} />} loading={again.isPending} onClick={() => again.mutate()}>
        Check it again
      </Button>
      {again.isError && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" mt={6}>
          {again.error.message}
        </Text>
      )}
    </div>
  );
}
