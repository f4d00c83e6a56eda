import { ActionIcon, Button, CopyButton as Copy, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** Copies a link, and says so to eyes and ears alike. */
export function CopyLinkButton(props: { url: string; title: string; compact?: boolean }) {
  return (
    <Copy value={props.url} timeout={2_500}>
      {({ copied, copy }) => (
        <>
          {props.compact ? (
            <Tooltip label={copied ? 'Copied' : 'Copy link'}>
              <ActionIcon variant="subtle" color={copied ? 'teal' : 'gray'} size={36} onClick={copy} aria-label={`Copy link of ${props.title}`}>
                {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
              </ActionIcon>
            </Tooltip>
          ) : (
            <Button
              onClick={copy}
              color={copied ? 'teal.9' : undefined}
              leftSection={copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
              miw={132}
            >
              {copied ? 'Copied' : 'Copy link'}
              <VisuallyHidden> of {props.title}</VisuallyHidden>
            </Button>
          )}
          <VisuallyHidden role="status">{copied ? 'Link copied' : ''}</VisuallyHidden>
        </>
      )}
    </Copy>
  );
}
