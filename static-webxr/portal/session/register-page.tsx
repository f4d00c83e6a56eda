import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { hasLength, isEmail, isNotEmpty, useForm } from '@mantine/form';
import { IconAlertCircle } from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';
import { PageHeading } from '../shell/page-heading.tsx';
import { session } from './session.ts';
import { useEntry } from './use-entry.ts';

const minPasswordLength = 12;

export function RegisterPage() {
  const location = useLocation();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { displayName: '', email: '', password: '' },
    validate: {
      displayName: isNotEmpty('Tell us what to call you'),
      email: isEmail('Enter an e-mail address, like you@example.com'),
      password: hasLength({ min: minPasswordLength }, `Use at least ${minPasswordLength} characters`),
    },
  });
  const { refusal, busy, enter } = useEntry(form.setErrors);

  return (
    <form noValidate onSubmit={form.onSubmit((values) => void enter(() => session.register(values)))}>
      <Stack gap="lg">
        <div>
          <PageHeading title="Create an account" />
          <Text c="dimmed" mt={4}>
            Your first link is three steps away.
          </Text>
        </div>
        {refusal && (
          <Alert color="red" icon={<IconAlertCircle />} title={refusal.problem.title} role="alert">
            {refusal.problem.detail}
          </Alert>
        )}
        <Stack gap="md">
          <TextInput label="Name" autoComplete="name" size="md" autoFocus key={form.key('displayName')} {...form.getInputProps('displayName')} />
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            inputMode="email"
            size="md"
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            description={`At least ${minPasswordLength} characters. A few unrelated words are strong and easy to remember.`}
            autoComplete="new-password"
            size="md"
            visibilityToggleButtonProps={{ 'aria-label': 'Show password', tabIndex: 0 }}
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
        </Stack>
        <Button type="submit" size="md" loading={busy}>
          Create account
        </Button>
        <Text size="sm" c="dimmed">
          Already have one?{' '}
          <Anchor component={Link} to="/signin" state={location.state} inherit>
            Sign in
          </Anchor>
        </Text>
      </Stack>
    </form>
  );
}
