import { Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconCloudUpload } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { acceptedFiles } from './file-rules.ts';
import { uploadQueue } from './uploads.ts';

const acceptAttribute = Object.entries(acceptedFiles).flat(2).join(',');

/** Takes files by click, by key, by paste, and dropped anywhere on the page. Unfit files get a card that says why. */
export function DropArea(props: { projectId: string; large: boolean }) {
  const { projectId } = props;
  const openDialog = useRef<() => void>(null);
  const add = (files: File[]) => uploadQueue.add(projectId, files);

  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      uploadQueue.add(projectId, files);
    };
    addEventListener('paste', onPaste);
    return () => removeEventListener('paste', onPaste);
  }, [projectId]);

  return (
    <>
      <Dropzone
        onDrop={add}
        className="drop-area"
        data-large={props.large || undefined}
        radius="lg"
        openRef={openDialog}
        role="group"
        tabIndex={-1}
        aria-label="Add pictures and videos"
        inputProps={{ accept: acceptAttribute, 'aria-label': 'Pictures and videos to add' }}
      >
        <IconCloudUpload size={props.large ? 40 : 26} stroke={1.4} aria-hidden className="drop-area-icon" />
        <div>
          <Text fw={600}>
            {props.large ? 'Drop a picture and a video here' : 'Add pictures and videos'}
          </Text>
          <Text size="sm" c="dimmed">
            <span className="for-mouse">Drop, paste, or </span>
            {/* For the keyboard; a mouse presses the drop zone around it. */}
            <button
              type="button"
              className="accent-text"
              onClick={(event) => {
                event.stopPropagation();
                openDialog.current?.();
              }}
            >
              choose files
            </button>
            {props.large && <span className="drop-area-formats">JPEG, PNG, WebP, HEIC or AVIF up to 64 MB · MP4, MOV, WebM, MKV or AVI up to 2 GB</span>}
          </Text>
        </div>
      </Dropzone>
      <Dropzone.FullScreen active onDrop={add} className="drop-screen" zIndex={400}>
        <IconCloudUpload size={64} stroke={1.2} aria-hidden />
        <Text fz={26} fw={600}>
          Drop to upload
        </Text>
      </Dropzone.FullScreen>
    </>
  );
}
