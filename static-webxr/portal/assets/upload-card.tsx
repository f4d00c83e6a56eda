import { ActionIcon, Button, Group, Paper, Progress, Text, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconMovie, IconPhoto, IconRefresh, IconX } from '@tabler/icons-react';
import { bytesInWords } from '../words/bytes.ts';
import { remainingInWords } from '../words/duration.ts';
import { ForecastLine } from './forecast-line.tsx';
import type { Upload } from './upload-queue.ts';
import { uploadQueue } from './uploads.ts';

function detail(upload: Upload): string {
  const speed = upload.bytesPerSecond;
  if (!speed) return `${bytesInWords(upload.loadedBytes)} of ${bytesInWords(upload.bytes)}`;
  const left = (upload.bytes - upload.loadedBytes) / speed;
  return `${bytesInWords(speed)}/s · ${remainingInWords(left)} left`;
}

/** A file on its way up, or one that can't go. */
export function UploadCard(props: { upload: Upload }) {
  const { upload } = props;
  const troubled = upload.phase === 'refused' || upload.phase === 'failed';
  const percent = upload.bytes > 0 ? Math.floor((upload.loadedBytes / upload.bytes) * 100) : 0;
  const Icon = troubled ? IconAlertTriangle : upload.kind === 'video' ? IconMovie : IconPhoto;
  return (
    <Paper component="li" withBorder radius="lg" className="card" data-troubled={troubled || undefined}>
      <div className="asset-cover" data-travelling={!troubled || undefined}>
        {upload.previewUrl && !troubled ? <img src={upload.previewUrl} alt="" /> : <Icon size={34} stroke={1.2} aria-hidden />}
        <Tooltip label={troubled ? 'Dismiss' : 'Cancel the upload'}>
          <ActionIcon
            className="asset-cover-action"
            variant="default"
            radius="xl"
            aria-label={`${troubled ? 'Dismiss' : 'Cancel the upload of'} ${upload.name}`}
            onClick={() => uploadQueue.cancel(upload.id)}
          >
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className="asset-text">
        <Text fw={600} size="sm" truncate title={upload.name}>
          {upload.name}
        </Text>
        {troubled ? (
          <>
            <Text size="sm" c="var(--mantine-color-error)" role="alert">
              {upload.reason}
            </Text>
            {upload.phase === 'failed' && (
              <Button mt="xs" size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={() => uploadQueue.retry(upload.id)}>
                Go on
              </Button>
            )}
          </>
        ) : (
          <>
            <Group justify="space-between" gap={4} wrap="nowrap">
              <Text size="sm" c="dimmed">
                {upload.phase === 'uploading' ? 'Uploading' : upload.phase === 'stalled' ? 'Offline' : 'In the queue'}
              </Text>
              {upload.phase !== 'waiting' && (
                <Text size="sm" c="dimmed" className="figures">
                  {percent} %
                </Text>
              )}
            </Group>
            <Progress
              value={percent}
              size={5}
              my={6}
              color={upload.phase === 'stalled' ? 'gray' : 'ember'}
              aria-label={`Upload of ${upload.name}`}
            />
            <Text size="xs" c="dimmed" className="figures">
              {upload.phase === 'stalled' ? upload.reason : detail(upload)}
            </Text>
            <ForecastLine id={upload.id} />
          </>
        )}
      </div>
    </Paper>
  );
}
