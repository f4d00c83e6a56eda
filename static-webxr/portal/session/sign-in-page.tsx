import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { isEmail, isNotEmpty, useForm } from '@mantine/form';
import { IconAlertCircle, IconInfoCircle } from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';
import { PageHeading } from '../shell/page-heading.tsx';
import { useStore } from '../state/store.ts';
import { session } from './session.ts';
import { useEntry } from './use-entry.ts';

export function SignInPage() {
  const location = useLocation();
  const state = useStore(session.state);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: { email: isEmail('Enter your e-mail address'), password: isNotEmpty('Enter your password') },
  });
  const { refusal, busy, enter } = useEntry(form.setErrors);

  return (
    <form noValidate onSubmit={form.onSubmit((values) => void enter(() => session.signIn(values)))}>
      <Stack gap="lg">
        <div>
          <PageHeading title="Sign in" />
          <Text c="dimmed" mt={4}>
            Welcome back.
          </Text>
        </div>
        {refusal ? (
          <Alert color="red" icon={<IconAlertCircle />} title={refusal.problem.title} role="alert">
            {refusal.problem.detail}
          </Alert>
        ) : (
          state.status === 'signedOut' &&
          state.reason === 'ended' && (
            <Alert color="ink" icon={<IconInfoCircle />}>
              You were signed out. Sign in to go on where you were.
            </Alert>
          )
        )}
        <Stack gap="md">
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            inputMode="email"
            size="md"
            autoFocus
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            size="md"
            visibilityToggleButtonProps={{ 'aria-label': 'Show password', tabIndex: 0 }}
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
        </Stack>
        <Button type="submit" size="md" loading={busy}>
          Sign in
        </Button>
        <Text size="sm" c="dimmed">
          First time here?{' '}
          <Anchor component={Link} to="/register" state={location.state} inherit>
            Create an account
          </Anchor>
        </Text>
      </Stack>
    </form>
  );
}
