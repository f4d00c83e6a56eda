import type { Account } from '../../shared/api.ts';
import { useStore } from '../state/store.ts';
import { createSessionStore } from './session-store.ts';

/** The page's one session. */
export const session = createSessionStore();

export const api = session.api;

/** The signed-in account; only for views that `RequireSession` guards. */
export function useAccount(): Account {
  const state = useStore(session.state);
  if (state.status !== 'signedIn') throw new Error('A view for signed-in people was shown to nobody.');
  return state.account;
}
