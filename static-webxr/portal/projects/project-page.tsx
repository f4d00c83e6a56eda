import { Anchor, Button, Group, Skeleton } from '@mantine/core';
import { IconChevronLeft, IconLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { ApiError } from '../api/problem.ts';
import { AssetDrawer } from '../assets/asset-drawer.tsx';
import { useLiveAssets } from '../assets/asset-queries.ts';
import { AssetSection } from '../assets/asset-section.tsx';
import { LinkSection } from '../links/link-section.tsx';
import { useLinks } from '../links/link-queries.ts';
import { Failure } from '../shell/failure.tsx';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { PageHeading } from '../shell/page-heading.tsx';
import { NextSteps } from './next-steps.tsx';
import { ProjectMenu } from './project-menu.tsx';
import { projectQuery } from './project-queries.ts';

export function ProjectPage() {
  const projectId = useParams().projectId!;
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const project = useQuery(projectQuery(projectId));
  const assets = useLiveAssets(projectId);
  const links = useLinks(projectId);

  if (project.error instanceof ApiError && project.error.status === 404) return <NotFoundPage />;
  if (project.isError && !project.data)
    return (
      <>
        <PageHeading title="Project" />
        <Failure title="This project couldn’t be loaded" error={project.error} onRetry={() => void project.refetch()} />
      </>
    );

  const showAsset = (id: string | null) => setSearch(id ? { asset: id } : {}, { replace: id === null, preventScrollReset: true });
  const linkable = (['image', 'video'] as const).every((kind) => assets.assets?.some((asset) => asset.kind === kind && asset.status === 'ready'));
  const shownAsset = assets.assets?.find((asset) => asset.id === search.get('asset'));

  return (
    <>
      <Anchor component={Link} to="/projects" size="sm" c="dimmed" className="back-link">
        <IconChevronLeft size={16} aria-hidden /> Projects
      </Anchor>
      <Group justify="space-between" mb="xl" mt={4} gap="md">
        <Group gap={6} wrap="nowrap" maw="100%" style={{ minWidth: 0 }}>
          {project.data ? (
            <>
              <PageHeading title={project.data.name} />
              <ProjectMenu
                project={project.data}
                onDeleted={() => void navigate('/projects')}
                onUndone={() => void navigate(`/projects/${projectId}`)}
              />
            </>
          ) : (
            <PageHeading title="Project">
              <Skeleton component="span" display="inline-block" h={30} w={240} />
            </PageHeading>
          )}
        </Group>
        <Button component={Link} variant={linkable ? 'filled' : 'default'} to={`/projects/${projectId}/links/new`} leftSection={<IconLink size={18} />}>
          Create link
        </Button>
      </Group>
      <NextSteps assets={assets.assets} links={links.links} />
      <div className="project-columns">
        <AssetSection projectId={projectId} live={assets} onShow={showAsset} />
        <LinkSection projectId={projectId} links={links} assets={assets.assets} />
      </div>
      <AssetDrawer asset={shownAsset} onClose={() => showAsset(null)} />
    </>
  );
}
