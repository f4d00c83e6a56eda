import { Avatar, Badge, Group, Menu, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconLogout, IconShieldCheck } from '@tabler/icons-react';
import { pendingDeletions } from '../undo/use-deletion.tsx';
import { reportFailure } from '../shell/report-failure.tsx';
import { session, useAccount } from './session.ts';

const roleWords = { personal: 'Personal', professional: 'Professional', admin: 'Admin' } as const;

async function signOut(): Promise<void> {
  try {
    await pendingDeletions.commitAll(false);
    await session.signOut();
  } catch (error) {
    reportFailure('You are still signed in', error);
  }
}

/** Who is signed in, as what, and the way out. */
export function AccountMenu() {
  const account = useAccount();
  const role = account.roles.includes('admin') ? 'admin' : account.roles.includes('professional') ? 'professional' : 'personal';
  return (
    <Menu position="bottom-end" width={260} shadow="md">
      <Menu.Target>
        <UnstyledButton className="avatar-button">
          <VisuallyHidden>Account of {account.displayName}</VisuallyHidden>
          <Avatar aria-hidden name={account.displayName} color="ink" variant="filled" size={36} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Group px="sm" py="xs" gap="xs" wrap="nowrap" justify="space-between">
          <div style={{ minWidth: 0 }}>
            <Text size="sm" fw={600} truncate>
              {account.displayName}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {account.email}
            </Text>
          </div>
          <Badge
            variant="default"
            style={{ flexShrink: 0 }}
            leftSection={role === 'admin' ? <IconShieldCheck size={12} /> : undefined}
            tt="none"
            fw={500}
          >
            {roleWords[role]}
          </Badge>
        </Group>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
