import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createBrowserRouter, Navigate } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { AuthLayout } from './session/auth-layout.tsx';
import { RegisterPage } from './session/register-page.tsx';
import { SessionGate } from './session/session-gate.tsx';
import { session } from './session/session.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import { CrashPage } from './shell/crash-page.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { Shell } from './shell/shell.tsx';
import { queryClient } from './state/query-client.ts';
import { cssVariables, theme } from './theme.ts';

// The next person at this browser must not see the last one's projects.
session.state.subscribe(() => {
  if (session.state.get().status === 'signedOut') queryClient.clear();
});

const router = createBrowserRouter([
  {
    ErrorBoundary: CrashPage,
    children: [
      { path: '/', element: <Navigate to="/projects" replace /> },
      {
        element: <SessionGate for="signedOut" />,
        children: [
          {
            Component: AuthLayout,
            children: [
              { path: '/signin', Component: SignInPage },
              { path: '/register', Component: RegisterPage },
            ],
          },
        ],
      },
      {
        element: <SessionGate for="signedIn" />,
        children: [
          {
            Component: Shell,
            ErrorBoundary: CrashPage,
            children: [
              { path: '/projects', lazy: async () => ({ Component: (await import('./projects/projects-page.tsx')).ProjectsPage }) },
              { path: '/projects/:projectId', lazy: async () => ({ Component: (await import('./projects/project-page.tsx')).ProjectPage }) },
              { path: '/projects/:projectId/links/new', lazy: async () => ({ Component: (await import('./links/new-link-page.tsx')).NewLinkPage }) },
              { path: '/projects/:projectId/links/:code', lazy: async () => ({ Component: (await import('./links/link-page.tsx')).LinkPage }) },
              { path: '*', Component: NotFoundPage },
            ],
          },
        ],
      },
    ],
  },
]);

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
