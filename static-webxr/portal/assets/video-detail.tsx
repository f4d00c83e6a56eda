import { Group, SegmentedControl, Text } from '@mantine/core';
import { useId, useState } from 'react';
import type { Asset, VideoRendition } from '../../shared/api.ts';
import { clock } from '../words/duration.ts';
import { RenditionList } from './rendition-list.tsx';

/** `1080p` means the shorter side, upright or not. */
const height = (rendition: VideoRendition) => `${Math.min(rendition.widthPx, rendition.heightPx)}p`;

/** A video: to be watched in each of its qualities, with its facts. */
export function VideoDetail(props: { video: NonNullable<Asset['video']>; name: string }) {
  const { video } = props;
  const [url, setUrl] = useState(video.renditions[0]?.url ?? '');
  const label = useId();
  return (
    <>
      <div>
        <video
          key={url}
          className="detail-video"
          src={url}
          poster={video.poster.url}
          controls
          playsInline
          preload="none"
          aria-label={props.name}
          style={{ aspectRatio: `${video.widthPx} / ${video.heightPx}` }}
        />
        {video.renditions.length > 1 && (
          <Group gap="sm" mt="sm">
            <Text size="sm" c="dimmed" id={label}>
              Quality
            </Text>
            <SegmentedControl
              size="xs"
              aria-labelledby={label}
              value={url}
              onChange={setUrl}
              data={video.renditions.map((rendition) => ({ value: rendition.url, label: height(rendition) }))}
            />
          </Group>
        )}
      </div>
      <RenditionList
        original={`${video.widthPx} × ${video.heightPx} px, ${clock(video.durationSeconds)}, ${Math.round(video.framesPerSecond)} frames per second, ${video.hasAudio ? 'with sound' : 'silent'}`}
        renditions={video.renditions}
        label={(rendition) => `${height(rendition)} · ${(rendition.bitsPerSecond / 1_000_000).toFixed(1)} Mbit/s`}
      />
    </>
  );
}
