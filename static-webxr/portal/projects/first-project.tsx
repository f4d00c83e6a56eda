import { Button, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconMovie, IconPhoto, IconPlus, IconQrcode } from '@tabler/icons-react';

const lessons = [
  { Icon: IconPhoto, title: 'Upload a picture', text: 'A poster, a label, a page: what people will point their phone at.' },
  { Icon: IconMovie, title: 'Upload a video', text: 'It will play on the picture, and stay on it while the phone moves.' },
  { Icon: IconQrcode, title: 'Share the link', text: 'Print the QR code beside the picture, or send the link. No app needed.' },
];

/** What somebody sees who has no project yet: how it works, and the one thing to do. */
export function FirstProject(props: { onCreate: () => void }) {
  return (
    <Paper withBorder radius="lg" p={{ base: 'lg', sm: 48 }} className="first-project">
      <Stack align="center" gap="xl">
        <Stack gap={4} align="center" ta="center" maw={460}>
          <Title order={2}>Make a picture move</Title>
          <Text c="dimmed">A project holds one campaign: its pictures, its videos and the links to them.</Text>
        </Stack>
        <SimpleGrid component="ol" className="plain-list" cols={{ base: 1, sm: 3 }} spacing="xl" maw={820} w="100%">
          {lessons.map(({ Icon, title, text }, index) => (
            <li key={title} className="lesson">
              <span className="lesson-icon" aria-hidden>
                <Icon size={26} stroke={1.5} />
              </span>
              <div>
                <Text fw={600}>
                  {index + 1}. {title}
                </Text>
                <Text size="sm" c="dimmed">
                  {text}
                </Text>
              </div>
            </li>
          ))}
        </SimpleGrid>
        <Button size="md" leftSection={<IconPlus size={18} />} onClick={props.onCreate}>
          Create your first project
        </Button>
      </Stack>
    </Paper>
  );
}
