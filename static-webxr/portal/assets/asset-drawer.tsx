import { Alert, Button, Drawer, FileButton, Group, Progress, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconHourglass, IconTrash, IconUpload } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Asset } from '../../shared/api.ts';
import { session } from '../session/session.ts';
import { deleteWithUndo } from '../undo/use-deletion.tsx';
import { ago } from '../words/ago.ts';
import { assetKey, assetsQuery } from './asset-queries.ts';
import { acceptedFiles } from './file-rules.ts';
import { ImageDetail } from './image-detail.tsx';
import { statusWords } from './status-words.ts';
import { uploadQueue } from './uploads.ts';
import { VideoDetail } from './video-detail.tsx';

const acceptAttribute = Object.keys(acceptedFiles).join(',');

/** Everything about one file. */
export function AssetDrawer(props: { asset: Asset | undefined; onClose: () => void }) {
  // While the drawer slides away, it goes on showing what it showed.
  const last = useRef(props.asset);
  if (props.asset) last.current = props.asset;
  const asset = props.asset ?? last.current;
  return (
    <Drawer
      opened={props.asset !== undefined}
      onClose={props.onClose}
      position="right"
      size={520}
      padding="lg"
      title={asset?.name}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ title: 'drawer-title', header: 'drawer-header' }}
    >
      {asset && <AssetDetail asset={asset} onClose={props.onClose} />}
    </Drawer>
  );
}

function AssetDetail(props: { asset: Asset; onClose: () => void }) {
  const { asset, onClose } = props;
  const queries = useQueryClient();

  function remove(): void {
    onClose();
    deleteWithUndo({
      key: assetKey(asset.id),
      name: asset.name,
      async commit(leaving) {
        await session.api(`/assets/${asset.id}`, { method: 'DELETE', keepalive: leaving });
        void queries.invalidateQueries({ queryKey: assetsQuery(asset.projectId).queryKey });
      },
    });
  }

  return (
    <Stack gap="lg">
      <Status asset={asset} onReplace={(file) => { remove(); uploadQueue.add(asset.projectId, [file]); }} />
      {asset.image && <ImageDetail key={asset.id} asset={asset} image={asset.image} />}
      {asset.video && <VideoDetail video={asset.video} name={asset.name} />}
      <Group justify="space-between" className="drawer-foot">
        <Text size="sm" c="dimmed">
          Added {ago(asset.createdAt)}
        </Text>
        <Button variant="subtle" color="red" size="compact-md" leftSection={<IconTrash size={16} />} onClick={remove}>
          Delete
        </Button>
      </Group>
    </Stack>
  );
}

function Status(props: { asset: Asset; onReplace: (file: File) => void }) {
  const { asset } = props;
  const { label, percent } = statusWords(asset);
  const another = (words: string) => (
    <FileButton accept={acceptAttribute} onChange={(file) => file && props.onReplace(file)}>
      {(button) => (
        <Button {...button} variant="default" size="sm" mt="sm" leftSection={<IconUpload size={16} />}>
          {words}
        </Button>
      )}
    </FileButton>
  );
  switch (asset.status) {
    case 'ready':
      return null;
    case 'failed':
      return (
        <Alert color="red" icon={<IconAlertTriangle />} title="This file couldn’t be used">
          {asset.failure?.message ?? 'Something went wrong while it was processed.'}
          <div>{another('Try another file')}</div>
        </Alert>
      );
    case 'awaitingUpload':
      return (
        <Alert color="ink" icon={<IconHourglass />} title="The file hasn’t arrived">
          The upload was interrupted, or is still going on in another window.
          <div>{another('Upload it again')}</div>
        </Alert>
      );
    case 'processing':
      return (
        <div>
          <Group justify="space-between" mb={6}>
            <Text size="sm">{label}</Text>
            <Text size="sm" c="dimmed" className="figures">
              {percent === null ? '' : `${percent} %`}
            </Text>
          </Group>
          <Progress value={percent ?? 3} size="sm" animated aria-label={label} transitionDuration={400} />
        </div>
      );
  }
}
