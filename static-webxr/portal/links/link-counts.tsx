import { Paper, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import type { Link, TrackEventType } from '../../shared/api.ts';
import { Failure } from '../shell/failure.tsx';
import { ago } from '../words/ago.ts';
import { count } from '../words/count.ts';
import { analyticsQuery } from './link-queries.ts';

const stages: { type: TrackEventType; label: string; meaning: string }[] = [
  { type: 'view_started', label: 'Views', meaning: 'opened the link' },
  { type: 'marker_detected', label: 'Detections', meaning: 'found the picture' },
  { type: 'video_started', label: 'Plays', meaning: 'started the video' },
  { type: 'video_completed', label: 'Completions', meaning: 'saw it to the end' },
];

/** How far people came, from opening the link to the end of the video. */
export function LinkCounts(props: { link: Link }) {
  const { data, error, refetch } = useQuery(analyticsQuery(props.link.projectId));
  if (error && !data) return <Failure title="The counts couldn’t be loaded" error={error} onRetry={() => void refetch()} />;
  const own = data?.links.find((each) => each.code === props.link.code);
  const counts = own?.counts ?? {};
  const most = Math.max(1, ...stages.map(({ type }) => counts[type] ?? 0));
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-labelledby="counts-heading">
      <Title order={2} size="h3" id="counts-heading">
        What people do
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {!data ? ' ' : own?.lastEventAt ? `Last seen ${ago(own.lastEventAt)}` : 'Nobody has opened it yet. Numbers appear here within seconds.'}
      </Text>
      <dl className="counts">
        {stages.map(({ type, label, meaning }) => (
          <div key={type} className="counts-stage">
            <dt>
              <Text size="sm" fw={550}>
                {label}
              </Text>
              <Text size="xs" c="dimmed">
                {meaning}
              </Text>
            </dt>
            <dd>
              {data ? <span className="counts-number">{(counts[type] ?? 0).toLocaleString('en')}</span> : <Skeleton h={26} w={48} />}
              <span className="counts-bar" aria-hidden style={{ '--share': (counts[type] ?? 0) / most } as CSSProperties} />
            </dd>
          </div>
        ))}
      </dl>
      {(counts.failed ?? 0) > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {count(counts.failed!, 'visit')} couldn’t start: no camera, no permission, or a browser without what it takes. Those people saw the plain video.
        </Text>
      )}
    </Paper>
  );
}
