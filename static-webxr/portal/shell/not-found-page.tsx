import { Button, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { PageHeading } from './page-heading.tsx';

export function NotFoundPage() {
  return (
    <Stack align="center" ta="center" gap="sm" py="12vh">
      <svg width="132" height="112" viewBox="0 0 132 112" aria-hidden focusable="false" className="ruin">
        <path d="M66 6 12 34h108z" opacity=".9" />
        <path d="M20 40h14v56H20zM44 40h14v22l-6 8 4 8-12 6zM98 40h14v56H98z" />
        <path d="M44 92h30v6H44zM10 100h112v7H10z" />
        <path d="M74 76l22 8-4 12-22-8z" className="ruin-fallen" />
      </svg>
      <PageHeading title="Nothing stands here" />
      <Text c="dimmed" maw={420}>
        The page may have been deleted, or the address is incomplete.
      </Text>
      <Button component={Link} to="/projects" mt="sm">
        Go to your projects
      </Button>
    </Stack>
  );
}
