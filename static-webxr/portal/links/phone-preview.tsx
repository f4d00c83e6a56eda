import { Text } from '@mantine/core';
import { IconScan } from '@tabler/icons-react';
import type { Asset } from '../../shared/api.ts';

/** What people will see: the picture on a wall, through a phone, with the video on it. */
export function PhonePreview(props: { picture: Asset | undefined; video: Asset | undefined; title: string }) {
  const picture = props.picture?.image;
  const video = props.video?.video;
  // The smallest rendition fills a preview of this size, and starts soonest.
  const clip = video?.renditions.at(-1);
  const shown = picture?.renditions.find((rendition) => rendition.widthPx <= 1100) ?? picture?.thumbnail;
  return (
    <figure className="phone" aria-label="Preview of the link on a phone">
      <div className="phone-screen">
        <div className="phone-title">{props.title || 'Your link'}</div>
        {picture && shown ? (
          <div className="phone-wall">
            <div className="phone-print" style={{ aspectRatio: `${picture.widthPx} / ${picture.heightPx}` }}>
              <img src={shown.url} alt="The picture" />
              {clip && video && (
                <video key={clip.url} src={clip.url} poster={video.poster.url} autoPlay muted loop playsInline aria-label="The video on the picture" />
              )}
            </div>
          </div>
        ) : (
          <div className="phone-empty">
            <IconScan size={54} stroke={1} aria-hidden />
            <Text size="sm">Choose a picture</Text>
          </div>
        )}
        {picture && !clip && <div className="phone-hint">Choose a video to play on it</div>}
      </div>
    </figure>
  );
}
