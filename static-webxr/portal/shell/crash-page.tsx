import { Button, Container, Stack } from '@mantine/core';
import { useRouteError } from 'react-router';
import { Failure } from './failure.tsx';

/** A bug in a view ends here, not in a white page. The error still reaches the console and whoever collects it. */
export function CrashPage() {
  const error = useRouteError();
  return (
    <Container size="sm" py="16vh" component="main">
      <Stack>
        <title>Something broke · Portico</title>
        <Failure title="This page stopped working" error={error}>
          <Button mt="sm" onClick={() => location.reload()}>
            Reload the page
          </Button>
        </Failure>
      </Stack>
    </Container>
  );
}
