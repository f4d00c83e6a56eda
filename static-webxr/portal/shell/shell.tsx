import { Container, Group, Text, UnstyledButton } from '@mantine/core';
import { Suspense } from 'react';
import { Link, Outlet } from 'react-router';
import { Logo } from '../brand/logo.tsx';
import { AccountMenu } from '../session/account-menu.tsx';
import { ColorSchemeMenu } from './color-scheme-menu.tsx';
import { PageSkeleton } from './page-skeleton.tsx';

/** The frame around every signed-in page. */
export function Shell() {
  return (
    <>
      <a href="#content" className="skip-link">
        Skip to content
      </a>
      <header className="shell-header">
        <Container size="lg" h="100%">
          <Group h="100%" justify="space-between" wrap="nowrap">
            <UnstyledButton component={Link} to="/projects" className="shell-home" aria-label="Portico, your projects">
              <Logo size={26} />
              <Text component="span" fw={650} fz="lg" lts="-0.015em">
                Portico
              </Text>
            </UnstyledButton>
            <Group gap="xs" wrap="nowrap">
              <ColorSchemeMenu />
              <AccountMenu />
            </Group>
          </Group>
        </Container>
      </header>
      <Container component="main" id="content" size="lg" pt={{ base: 'lg', sm: 36 }} pb={80}>
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </Container>
    </>
  );
}
