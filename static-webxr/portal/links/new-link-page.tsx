import { Anchor, Button, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { Asset } from '../../shared/api.ts';
import { ApiError } from '../api/problem.ts';
import { useLiveAssets } from '../assets/asset-queries.ts';
import { projectQuery } from '../projects/project-queries.ts';
import { Failure } from '../shell/failure.tsx';
import { PageHeading } from '../shell/page-heading.tsx';
import { reportFailure } from '../shell/report-failure.tsx';
import { AssetPicker } from './asset-picker.tsx';
import { useCreateLink } from './link-queries.ts';
import { PhonePreview } from './phone-preview.tsx';

/** The only ready one, which then needs no choosing. */
function only(assets: Asset[]): Asset | undefined {
  const ready = assets.filter((asset) => asset.status === 'ready');
  return ready.length === 1 ? ready[0] : undefined;
}

export function NewLinkPage() {
  const projectId = useParams().projectId!;
  const navigate = useNavigate();
  const project = useQuery(projectQuery(projectId));
  const { assets, ...query } = useLiveAssets(projectId);
  const create = useCreateLink(projectId);
  const [chosen, choose] = useState<{ picture?: string; video?: string }>({});
  const [title, setTitle] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});

  const usable = (kind: Asset['kind']) => assets?.filter((asset) => asset.kind === kind && asset.status !== 'failed') ?? [];
  const pictures = usable('image');
  const videos = usable('video');
  const picture = pictures.find((asset) => asset.id === chosen.picture) ?? only(pictures);
  const video = videos.find((asset) => asset.id === chosen.video) ?? only(videos);
  const shownTitle = title ?? project.data?.name ?? '';
  const missing = !picture ? 'Choose a picture' : !video ? 'Choose a video' : null;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (shownTitle.trim() === '') return setErrors({ title: 'Give it a title: people see it above the camera' });
    if (!picture || !video) return setErrors({ targets: missing! });
    setErrors({});
    try {
      const link = await create.mutateAsync({ title: shownTitle.trim(), targets: [{ imageAssetId: picture.id, contentAssetId: video.id }] });
      void navigate(`/projects/${projectId}/links/${link.code}`, { replace: true, state: { created: true } });
    } catch (error) {
      const fields = error instanceof ApiError ? error.fieldErrors : {};
      setErrors(fields);
      if (!fields.title) reportFailure('The link wasn’t created', error);
    }
  }

  const upload = (what: string) => (
    <Text size="sm" c="dimmed">
      No {what} yet.{' '}
      <Anchor component={Link} to={`/projects/${projectId}`} inherit underline="always">
        Upload one
      </Anchor>{' '}
      first.
    </Text>
  );

  return (
    <>
      <Anchor component={Link} to={`/projects/${projectId}`} size="sm" c="dimmed" className="back-link">
        <IconChevronLeft size={16} aria-hidden /> {project.data?.name ?? 'Project'}
      </Anchor>
      <div className="heading-row">
        <PageHeading title="Create a link" />
      </div>
      {query.isError && !assets ? (
        <Failure title="The files couldn’t be loaded" error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="link-columns">
          <form onSubmit={(event) => void submit(event)} noValidate>
            <Stack gap="xl">
              {assets ? (
                <>
                  <AssetPicker
                    legend="The picture people point at"
                    assets={pictures}
                    value={picture?.id ?? null}
                    onChange={(id) => choose((all) => ({ ...all, picture: id }))}
                    empty={upload('picture')}
                  />
                  <AssetPicker
                    legend="The video that plays on it"
                    assets={videos}
                    value={video?.id ?? null}
                    onChange={(id) => choose((all) => ({ ...all, video: id }))}
                    empty={upload('video')}
                  />
                </>
              ) : (
                <>
                  <Skeleton h={170} radius="lg" />
                  <Skeleton h={170} radius="lg" />
                </>
              )}
              <TextInput
                label="Title"
                description="People see it while their camera starts."
                size="md"
                maxLength={100}
                value={shownTitle}
                onChange={(event) => setTitle(event.currentTarget.value)}
                error={errors.title}
              />
              <Group gap="md">
                <Button type="submit" size="md" loading={create.isPending} disabled={!assets}>
                  Create link
                </Button>
                <Text size="sm" c={errors.targets ? 'var(--mantine-color-error)' : 'dimmed'} role={errors.targets ? 'alert' : undefined}>
                  {assets && missing}
                </Text>
              </Group>
            </Stack>
          </form>
          <PhonePreview picture={picture} video={video} title={shownTitle} />
        </div>
      )}
    </>
  );
}
