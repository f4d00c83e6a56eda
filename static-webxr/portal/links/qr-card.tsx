import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { Link } from '../../shared/api.ts';

/** Enough for 10 cm at 300 dpi. */
const printPngPx = 1200;

const fileName = (link: Link) => link.title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').toLowerCase() || link.code;

const sized = (url: string) => `${url}${url.includes('?') ? '&' : '?'}size=${printPngPx}`;

/** The code to print beside the picture. It stands on white in every colour scheme, as scanners need it. */
export function QrCard(props: { link: Link }) {
  const { link } = props;
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-labelledby="qr-heading" className="qr-card">
      <img src={link.qr.svg} alt={`QR code that opens ${link.url}`} className="qr-code" width={176} height={176} />
      <Stack gap={6} justify="center">
        <Title order={2} size="h3" id="qr-heading">
          QR code
        </Title>
        <Text size="sm" c="dimmed">
          Print it beside the picture, at least 2 cm wide, with its white border. SVG stays sharp at any size.
        </Text>
        <Group gap="sm" mt={6}>
          <Button component="a" href={link.qr.svg} download={`${fileName(link)}.svg`} variant="default" leftSection={<IconDownload size={16} />}>
            SVG
          </Button>
          <Button component="a" href={sized(link.qr.png)} download={`${fileName(link)}.png`} variant="default" leftSection={<IconDownload size={16} />}>
            PNG
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
