import { Box, Group, Stack, Text } from '@mantine/core';
import { Outlet } from 'react-router';
import { Logo } from '../brand/logo.tsx';
import { PorticoScene } from '../brand/portico-scene.tsx';
import { ColorSchemeMenu } from '../shell/color-scheme-menu.tsx';

/** Two halves: what Portico is, and the door in. On a phone the first half shrinks to the name. */
export function AuthLayout() {
  return (
    <div className="auth">
      <aside className="auth-story">
        <Group gap={10} c="white">
          <Logo size={30} />
          <Text fw={650} fz="xl" lts="-0.01em">
            Portico
          </Text>
        </Group>
        <Box className="auth-scene">
          <PorticoScene />
        </Box>
        <Stack gap={8} maw={440} className="auth-claim">
          <Text c="white" fw={600} fz={28} lh={1.2} lts="-0.02em">
            AR that opens from a link.
          </Text>
          <Text c="ink.2">
            Upload a picture and a video, print a QR code. Whoever points a phone at the picture sees it move. Nobody
            installs anything.
          </Text>
        </Stack>
      </aside>
      <main className="auth-door">
        <Box pos="absolute" top={16} right={16}>
          <ColorSchemeMenu />
        </Box>
        <Box w="100%" maw={380}>
          <Outlet />
        </Box>
      </main>
    </div>
  );
}
