import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/problem.ts';

/** Refusals are answers: only silence and the server's own trouble are worth asking again. */
function worthRetrying(failures: number, error: unknown): boolean {
  const status = error instanceof ApiError ? error.status : 0;
  return failures < 2 && (status === 0 || status >= 500);
}

/** The page's one cache of what the server said. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: worthRetrying, staleTime: 10_000, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});
