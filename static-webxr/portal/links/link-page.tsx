import { Anchor, Button, Group, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { IconChevronLeft, IconExternalLink, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link as RouterLink, useLocation, useNavigate, useParams } from 'react-router';
import { ApiError } from '../api/problem.ts';
import { useAssets } from '../assets/asset-queries.ts';
import { projectQuery } from '../projects/project-queries.ts';
import { Failure } from '../shell/failure.tsx';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { PageHeading } from '../shell/page-heading.tsx';
import { ago } from '../words/ago.ts';
import { CopyLinkButton } from './copy-button.tsx';
import { EditTitle } from './edit-title.tsx';
import { LinkCounts } from './link-counts.tsx';
import { deleteLink, linkQuery } from './link-queries.ts';
import { PhonePreview } from './phone-preview.tsx';
import { QrCard } from './qr-card.tsx';

export function LinkPage() {
  const { projectId, code } = useParams() as { projectId: string; code: string };
  const navigate = useNavigate();
  const queries = useQueryClient();
  const created = (useLocation().state as { created?: boolean } | null)?.created;
  const project = useQuery(projectQuery(projectId));
  const { data: link, error, refetch } = useQuery(linkQuery(code));
  const { assets } = useAssets(projectId);
  const target = link?.targets[0];
  const find = (id: string | undefined) => assets?.find((asset) => asset.id === id);

  if (error instanceof ApiError && error.status === 404) return <NotFoundPage />;
  return (
    <>
      <Anchor component={RouterLink} to={`/projects/${projectId}`} size="sm" c="dimmed" className="back-link">
        <IconChevronLeft size={16} aria-hidden /> {project.data?.name ?? 'Project'}
      </Anchor>
      {error && !link ? (
        <>
          <PageHeading title="Link" />
          <Failure title="This link couldn’t be loaded" error={error} onRetry={() => void refetch()} />
        </>
      ) : !link ? (
        <div className="link-columns" role="status">
          <Stack>
            <PageHeading title="Link">
              <Skeleton component="span" display="block" h={34} w={280} />
            </PageHeading>
            <Skeleton h={110} radius="lg" />
            <Skeleton h={280} radius="lg" />
          </Stack>
          <Skeleton h={520} radius="lg" />
        </div>
      ) : (
        <>
          <div className="heading-row">
            <EditTitle link={link} />
            <Text c="dimmed" size="sm">
              {created ? 'Your link is live. Try it with your phone: scan the code, then point at the picture.' : `Created ${ago(link.createdAt)}`}
            </Text>
          </div>
          <div className="link-columns">
            <Stack gap="lg">
              <Paper withBorder radius="lg" p="md">
                <Text className="link-url" component="p">
                  {link.url}
                </Text>
                <Group gap="sm">
                  <CopyLinkButton url={link.url} title={link.title} />
                  <Button component="a" href={link.url} target="_blank" rel="noreferrer" variant="default" leftSection={<IconExternalLink size={18} />}>
                    Open
                  </Button>
                </Group>
              </Paper>
              <QrCard link={link} />
              <LinkCounts link={link} />
              <Group justify="space-between">
                <Text size="sm" c="dimmed">
                  Deleting it makes printed codes lead nowhere.
                </Text>
                <Button
                  variant="subtle"
                  color="red"
                  leftSection={<IconTrash size={16} />}
                  onClick={() => {
                    deleteLink(queries, link, () => void navigate(`/projects/${projectId}/links/${code}`));
                    void navigate(`/projects/${projectId}`);
                  }}
                >
                  Delete link
                </Button>
              </Group>
            </Stack>
            <PhonePreview picture={find(target?.imageAssetId)} video={find(target?.contentAssetId)} title={link.title} />
          </div>
        </>
      )}
    </>
  );
}
