import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useStore } from '../state/store.ts';
import { reportFailure } from '../shell/report-failure.tsx';
import { createPendingDeletions } from './pending-deletions.ts';

export const pendingDeletions = createPendingDeletions();

addEventListener('pagehide', () => void pendingDeletions.commitAll(true));

/** Hides a thing at once and offers to take that back; the server hears of it when the offer ends. */
export function deleteWithUndo(thing: { key: string; name: string; commit(leaving: boolean): Promise<void>; onUndo?(): void }): void {
  pendingDeletions.begin({
    key: thing.key,
    commit: thing.commit,
    onFailure: (error) => reportFailure(`“${thing.name}” couldn’t be deleted`, error),
  });
  const id = `undo-${thing.key}`;
  notifications.show({
    id,
    autoClose: pendingDeletions.delayMs,
    withAutoCloseProgress: true,
    color: 'ink',
    message: (
      <Group justify="space-between" gap="md" wrap="nowrap">
        <Text size="sm" lineClamp={2}>
          Deleted “{thing.name}”
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            if (pendingDeletions.undo(thing.key)) thing.onUndo?.();
            notifications.hide(id);
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}

/** Keys of things that are deleted, or about to be. */
export function useDeleted(): ReadonlySet<string> {
  return useStore(pendingDeletions.hidden);
}
