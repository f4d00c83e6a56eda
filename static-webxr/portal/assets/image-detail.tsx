import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Asset } from '../../shared/api.ts';
import { Failure } from '../shell/failure.tsx';
import { markerQuery } from './asset-queries.ts';
import { MarkerDetail } from './marker-detail.tsx';
import { RenditionList } from './rendition-list.tsx';

/** A picture: how it looks, how well phones will find it, and its sizes. */
export function ImageDetail(props: { image: NonNullable<Asset['image']>; name: string; markerId: string | undefined }) {
  const { image } = props;
  // A drawer is about 500 px wide: twice that is sharp on any screen.
  const shown = [...image.renditions].sort((one, other) => one.widthPx - other.widthPx).find((rendition) => rendition.widthPx >= 900) ?? image.renditions[0] ?? image.thumbnail;
  return (
    <>
      <img className="detail-image" src={shown.url} alt={props.name} width={shown.widthPx} height={shown.heightPx} />
      {props.markerId && <MarkerSection markerId={props.markerId} />}
      <RenditionList
        original={`${image.widthPx} × ${image.heightPx} px, ${image.format.toUpperCase()}`}
        renditions={image.renditions}
        label={(rendition) => `${rendition.widthPx} × ${rendition.heightPx}`}
      />
    </>
  );
}

function MarkerSection(props: { markerId: string }) {
  const { data: marker, error, refetch } = useQuery(markerQuery(props.markerId));
  if (marker) return <MarkerDetail marker={marker} />;
  if (error) return <Failure title="The quality couldn’t be loaded" error={error} onRetry={() => void refetch()} />;
  return <Skeleton h={180} radius="lg" />;
}
