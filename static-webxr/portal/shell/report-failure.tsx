import { Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '../api/problem.ts';

/** A toast for something that was asked for and didn't happen: what, why, and the number to quote to support. */
export function reportFailure(title: string, error: unknown): void {
  const problem = error instanceof ApiError ? error.problem : null;
  notifications.show({
    color: 'red',
    icon: <IconAlertTriangle size={18} />,
    title,
    autoClose: 9_000,
    message: (
      <>
        {problem?.detail ?? problem?.title ?? 'Something unexpected happened in this page. Please try again.'}
        {problem?.traceId && (
          <Text component="span" display="block" size="xs" c="dimmed" mt={4}>
            Reference {problem.traceId}
          </Text>
        )}
      </>
    ),
  });
}
