import { Button, Group, SimpleGrid, Skeleton, Text, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { Failure } from '../shell/failure.tsx';
import { PageHeading } from '../shell/page-heading.tsx';
import { useDeleted } from '../undo/use-deletion.tsx';
import { count } from '../words/count.ts';
import { FirstProject } from './first-project.tsx';
import { NameProjectModal } from './name-project-modal.tsx';
import { ProjectCard } from './project-card.tsx';
import { projectKey, projectsQuery } from './project-queries.ts';

export function ProjectsPage() {
  const navigate = useNavigate();
  const query = useQuery(projectsQuery);
  const deleted = useDeleted();
  const [naming, name] = useDisclosure();
  const projects = query.data?.filter((project) => !deleted.has(projectKey(project.id)));

  return (
    <>
      <Group justify="space-between" mb="xl" align="flex-end">
        <div>
          <PageHeading title="Projects" />
          {projects && projects.length > 0 && <Text c="dimmed">{count(projects.length, 'campaign')}</Text>}
        </div>
        {projects && projects.length > 0 && (
          <Button leftSection={<IconPlus size={18} />} onClick={name.open}>
            New project
          </Button>
        )}
      </Group>
      {query.isError && !projects ? (
        <Failure title="Your projects couldn’t be loaded" error={query.error} onRetry={() => void query.refetch()} />
      ) : !projects ? (
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} role="status">
          <VisuallyHidden>Loading projects</VisuallyHidden>
          {[0, 1, 2].map((index) => (
            <Skeleton key={index} h={236} radius="lg" />
          ))}
        </SimpleGrid>
      ) : projects.length === 0 ? (
        <FirstProject onCreate={name.open} />
      ) : (
        <SimpleGrid component="ul" className="plain-list" cols={{ base: 1, xs: 2, md: 3 }} spacing="lg">
          {projects.map((project) => (
            <ProjectCard key={project.id} project={project} />
          ))}
        </SimpleGrid>
      )}
      <NameProjectModal opened={naming} onClose={name.close} onSaved={(project) => void navigate(`/projects/${project.id}`)} />
    </>
  );
}
