import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import type { Project } from '../../shared/api.ts';
import { ApiError } from '../api/problem.ts';
import { reportFailure } from '../shell/report-failure.tsx';
import { useNameProject } from './project-queries.ts';

/** Names a project: a new one, or `project` anew. */
export function NameProjectModal(props: { opened: boolean; onClose: () => void; onSaved?: (project: Project) => void; project?: Project }) {
  const { project } = props;
  const save = useNameProject(project);
  const form = useForm({
    initialValues: { name: project?.name ?? '' },
    validate: {
      name: (name) => (name.trim() === '' ? 'Give it a name' : name.trim().length > 100 ? 'Up to 100 characters, please' : null),
    },
  });

  // Each opening starts from the name as it is now.
  useEffect(() => {
    if (!props.opened) return;
    form.setValues({ name: project?.name ?? '' });
    form.clearErrors();
  }, [props.opened]); // not the form: it is another object on every render

  async function submit({ name }: { name: string }): Promise<void> {
    try {
      const saved = await save.mutateAsync(name.trim());
      props.onClose();
      props.onSaved?.(saved);
    } catch (error) {
      const fields = error instanceof ApiError ? error.fieldErrors : {};
      form.setErrors(fields);
      if (!fields.name) reportFailure(project ? 'The project wasn’t renamed' : 'The project wasn’t created', error);
    }
  }

  return (
    <Modal opened={props.opened} onClose={props.onClose} title={project ? 'Rename project' : 'New project'}>
      <form onSubmit={form.onSubmit((values) => void submit(values))}>
        <Stack>
          <TextInput label="Name" placeholder="Summer campaign" size="md" data-autofocus {...form.getInputProps('name')} />
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" color="gray" onClick={props.onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              {project ? 'Rename' : 'Create project'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
