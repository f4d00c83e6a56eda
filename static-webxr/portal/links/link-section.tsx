import { Anchor, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconEye, IconQrcode } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link as RouterLink } from 'react-router';
import type { Asset, Link } from '../../shared/api.ts';
import { Failure } from '../shell/failure.tsx';
import { count } from '../words/count.ts';
import { CopyLinkButton } from './copy-button.tsx';
import { analyticsQuery, type useLinks } from './link-queries.ts';

/** A project's links, each with its picture, its address and how often it was opened. */
export function LinkSection(props: { projectId: string; links: ReturnType<typeof useLinks>; assets: Asset[] | undefined }) {
  const { links, ...query } = props.links;
  const { data: analytics } = useQuery({ ...analyticsQuery(props.projectId), enabled: (links?.length ?? 0) > 0 });

  return (
    <section aria-labelledby="links-heading">
      <Title order={2} id="links-heading" mb="sm">
        Links
      </Title>
      {query.isError && !links ? (
        <Failure title="The links couldn’t be loaded" error={query.error} onRetry={() => void query.refetch()} />
      ) : !links ? (
        <Stack gap="sm">
          <Skeleton h={76} radius="lg" />
          <Skeleton h={76} radius="lg" />
        </Stack>
      ) : links.length === 0 ? (
        <Paper radius="lg" p="lg" className="links-empty">
          <IconQrcode size={30} stroke={1.3} aria-hidden />
          <Text size="sm" c="dimmed">
            A link joins a picture and a video. It comes with a QR code, ready to print.
          </Text>
        </Paper>
      ) : (
        <Stack component="ul" className="plain-list" gap="sm">
          {links.map((link) => (
            <LinkRow
              key={link.code}
              link={link}
              picture={props.assets?.find((asset) => asset.id === link.targets[0]?.imageAssetId)}
              views={analytics?.links.find((each) => each.code === link.code)?.counts.view_started ?? (analytics ? 0 : null)}
            />
          ))}
        </Stack>
      )}
    </section>
  );
}

function LinkRow(props: { link: Link; picture: Asset | undefined; views: number | null }) {
  const { link, picture, views } = props;
  return (
    <Paper component="li" withBorder radius="lg" className="card link-row">
      <div className="link-row-picture">
        {picture?.image ? <img src={picture.image.thumbnail.url} alt="" loading="lazy" /> : <IconQrcode size={24} stroke={1.3} aria-hidden />}
      </div>
      <div style={{ minWidth: 0, flex: 1 }}>
        <Anchor component={RouterLink} to={`/projects/${link.projectId}/links/${link.code}`} className="card-link" fw={600} size="sm" truncate display="block" c="inherit">
          {link.title}
        </Anchor>
        <Text size="xs" c="dimmed" truncate>
          {link.url.replace(/^https?:\/\//, '')}
        </Text>
        {views !== null && (
          <Group gap={4} mt={2}>
            <IconEye size={13} aria-hidden color="var(--mantine-color-dimmed)" />
            <Text size="xs" c="dimmed" className="figures">
              {count(views, 'view')}
            </Text>
          </Group>
        )}
      </div>
      <div className="card-action">
        <CopyLinkButton url={link.url} title={link.title} compact />
      </div>
    </Paper>
  );
}
