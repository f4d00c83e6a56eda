import { Group, Paper, Text, Title } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Asset, Project } from '../../shared/api.ts';
import { assetsQuery } from '../assets/asset-queries.ts';
import { ago } from '../words/ago.ts';
import { count } from '../words/count.ts';
import { ProjectMenu } from './project-menu.tsx';

function contents(assets: Asset[] | undefined): string {
  if (!assets) return ' ';
    const amount = (kind: Asset['kind']) => assets.filter((asset) => asset.kind === kind && asset.status !== 'failed').length;
  const [pictures, videos] = [amount('image'), amount('video')];
  return [pictures && count(pictures, 'picture'), videos && count(videos, 'video')].filter(Boolean).join(', ') || 'Empty';
}

export function ProjectCard(props: { project: Project }) {
  const { project } = props;
  const { data: assets } = useQuery({ ...assetsQuery(project.id), staleTime: 60_000 });
  const covers = (assets ?? [])
    .flatMap((asset) => asset.image?.thumbnail ?? asset.video?.poster ?? [])
    .slice(0, 2);

  return (
    <Paper component="li" withBorder radius="lg" className="card">
      <div className="project-cover" data-count={covers.length}>
        {covers.length > 0 ? (
          covers.map((cover) => <img key={cover.url} src={cover.url} alt="" loading="lazy" />)
        ) : (
          <IconPhoto size={34} stroke={1.2} aria-hidden />
        )}
      </div>
      <Group justify="space-between" wrap="nowrap" gap="xs" p="md" pr="xs" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Title order={2} size="h3" className="clip">
            <Link to={`/projects/${project.id}`} className="card-link">
              {project.name}
            </Link>
          </Title>
          <Text size="sm" c="dimmed" className="clip">
            {contents(assets)}
          </Text>
          <Text size="sm" c="dimmed">
            Changed {ago(project.updatedAt)}
          </Text>
        </div>
        <div className="card-action">
          <ProjectMenu project={project} />
        </div>
      </Group>
    </Paper>
  );
}
