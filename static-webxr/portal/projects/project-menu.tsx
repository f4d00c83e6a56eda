import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { Project } from '../../shared/api.ts';
import { NameProjectModal } from './name-project-modal.tsx';
import { deleteProject } from './project-queries.ts';

export function ProjectMenu(props: { project: Project; onDeleted?: () => void; onUndone?: () => void }) {
  const { project } = props;
  const queries = useQueryClient();
  const [renaming, rename] = useDisclosure();
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={180}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={`Actions for ${project.name}`}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={rename.open}>
            Rename
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={16} />}
            color="red"
            onClick={() => {
              deleteProject(queries, project, props.onUndone);
              props.onDeleted?.();
            }}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <NameProjectModal opened={renaming} onClose={rename.close} project={project} />
    </>
  );
}
