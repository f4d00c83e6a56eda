import { Center, Container, Loader } from '@mantine/core';
import { Navigate, Outlet, useLocation } from 'react-router';
import { Failure } from '../shell/failure.tsx';
import { useStore } from '../state/store.ts';
import { session } from './session.ts';

/** Lets only one kind of visitor through, remembers where the others wanted to go, and sends them to their place. */
export function SessionGate(props: { for: 'signedIn' | 'signedOut' }) {
  const state = useStore(session.state);
  const location = useLocation();
  const wanted = (location.state as { wanted?: string } | null)?.wanted;

  switch (state.status) {
    case 'starting':
      return (
        <Center h="100dvh">
          <Loader type="dots" aria-label="Loading Portico" role="status" />
        </Center>
      );
    case 'unreachable':
      return (
        <Container size="sm" py="20vh" component="main">
          <Failure title="Portico can’t be reached" error={state.error} onRetry={() => void session.start()} />
        </Container>
      );
    case 'signedOut':
      if (props.for === 'signedOut') return <Outlet />;
      return <Navigate to="/signin" replace state={{ wanted: location.pathname + location.search }} />;
    case 'signedIn':
      if (props.for === 'signedIn') return <Outlet />;
      return <Navigate to={wanted ?? '/projects'} replace />;
  }
}
