import { Anchor, Group, Text, Title } from '@mantine/core';
import type { ImageRendition } from '../../shared/api.ts';
import { bytesInWords } from '../words/bytes.ts';

/** The original's facts and each processed form, to be opened on its own. */
export function RenditionList<T extends ImageRendition>(props: { original: string; renditions: T[]; label: (rendition: T) => string }) {
  return (
    <section aria-labelledby="renditions-heading">
      <Title order={3} id="renditions-heading" mb={4}>
        Sizes
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Original: {props.original}
      </Text>
      <ul className="plain-list rendition-list">
        {props.renditions.map((rendition) => (
          <Group component="li" key={rendition.url} justify="space-between" py={7}>
            <Anchor href={rendition.url} target="_blank" rel="noreferrer" size="sm">
              {props.label(rendition)}
            </Anchor>
            <Text size="sm" c="dimmed" className="figures">
              {rendition.contentType.split('/')[1]?.toUpperCase()} · {bytesInWords(rendition.bytes)}
            </Text>
          </Group>
        ))}
      </ul>
    </section>
  );
}
