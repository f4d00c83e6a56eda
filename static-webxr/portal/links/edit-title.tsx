import { ActionIcon, Button, Group, TextInput, Tooltip } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useRef, useState, type FormEvent } from 'react';
import type { Link } from '../../shared/api.ts';
import { ApiError } from '../api/problem.ts';
import { PageHeading } from '../shell/page-heading.tsx';
import { reportFailure } from '../shell/report-failure.tsx';
import { useRetitleLink } from './link-queries.ts';

/** The link's title as the page's heading, edited where it stands: Enter keeps, Escape leaves it. */
export function EditTitle(props: { link: Link }) {
  const { link } = props;
  const save = useRetitleLink(link.code);
  const [draft, setDraft] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const pencil = useRef<HTMLButtonElement>(null);

  function close(): void {
    setDraft(null);
    setFault(null);
    requestAnimationFrame(() => pencil.current?.focus());
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const title = draft!.trim();
    if (title === '') return setFault('Give it a title');
    try {
      if (title !== link.title) await save.mutateAsync(title);
      close();
    } catch (error) {
      const message = error instanceof ApiError ? error.fieldErrors.title : undefined;
      if (message) setFault(message);
      else reportFailure('The title wasn’t changed', error);
    }
  }

  if (draft === null)
    return (
      <Group gap={6} wrap="nowrap">
        <PageHeading key={link.title} title={link.title} />
        <Tooltip label="Edit title">
          <ActionIcon ref={pencil} variant="subtle" color="gray" size={36} aria-label="Edit title" onClick={() => setDraft(link.title)}>
            <IconPencil size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
    );
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Group gap="sm" align="flex-start">
        <TextInput
          aria-label="Title"
          size="md"
          w={{ base: '100%', xs: 380 }}
          maxLength={100}
          value={draft}
          error={fault}
          autoFocus
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && close()}
        />
        <Button type="submit" size="md" loading={save.isPending}>
          Save
        </Button>
        <Button size="md" variant="subtle" color="gray" onClick={close}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}
