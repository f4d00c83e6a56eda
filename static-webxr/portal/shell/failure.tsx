import { Button, Code, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCloudOff, IconMoodPuzzled, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/problem.ts';

/** A view that couldn't be loaded: says what happened, offers to try again, quotes the trace id for support. */
export function Failure(props: { title: string; error: unknown; onRetry?: () => void; children?: ReactNode }) {
  const problem = props.error instanceof ApiError ? props.error.problem : null;
  const Icon = problem?.status === 0 ? IconCloudOff : IconMoodPuzzled;
  return (
    <Paper role="alert" withBorder p="xl">
      <Stack align="center" gap="xs" ta="center" maw={440} mx="auto" py="md">
        <Icon size={36} stroke={1.4} aria-hidden color="var(--mantine-color-dimmed)" />
        <Title order={2} size="h4">
          {props.title}
        </Title>
        <Text c="dimmed" size="sm">
          {problem?.detail ?? problem?.title ?? 'Something unexpected happened in this page.'}
        </Text>
        {problem?.traceId && (
          <Text size="xs" c="dimmed">
            Reference <Code>{problem.traceId}</Code>
          </Text>
        )}
        {props.onRetry && (
          <Button mt="sm" variant="default" leftSection={<IconRefresh size={16} />} onClick={props.onRetry}>
            Try again
          </Button>
        )}
        {props.children}
      </Stack>
    </Paper>
  );
}
