import { queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Link, Page, ProjectAnalytics } from '../../shared/api.ts';
import { session } from '../session/session.ts';
import { deleteWithUndo, useDeleted } from '../undo/use-deletion.tsx';

const countsRefreshMs = 10_000;

export const linksQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['links', projectId],
    async queryFn({ signal }) {
      const links: Link[] = [];
      let cursor: string | undefined;
      do {
        const page: Page<Link> = await session.api(`/projects/${projectId}/links?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal });
        links.push(...page.items);
        cursor = page.cursor;
      } while (cursor);
      return links.sort((one, other) => other.createdAt.localeCompare(one.createdAt));
    },
  });

export const linkQuery = (code: string) =>
  queryOptions({ queryKey: ['link', code], queryFn: ({ signal }) => session.api<Link>(`/links/${code}`, { signal }) });

export const analyticsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['analytics', projectId],
    queryFn: ({ signal }) => session.api<ProjectAnalytics>(`/projects/${projectId}/analytics`, { signal }),
    refetchInterval: countsRefreshMs,
  });

export const linkKey = (code: string) => `link:${code}`;

/** A project's links, newest first, without those being deleted. */
export function useLinks(projectId: string) {
  const deleted = useDeleted();
  const query = useQuery(linksQuery(projectId));
  const links = useMemo(() => query.data?.filter((link) => !deleted.has(linkKey(link.code))), [query.data, deleted]);
  return { ...query, links };
}

export function useCreateLink(projectId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (link: { title: string; targets: Link['targets'] }) => session.api<Link>(`/projects/${projectId}/links`, { method: 'POST', body: link }),
    onSuccess: (link) => remember(queries, link),
  });
}

export function useRetitleLink(code: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (title: string) => session.api<Link>(`/links/${code}`, { method: 'PATCH', body: { title } }),
    onSuccess: (link) => remember(queries, link),
  });
}

export function deleteLink(queries: QueryClient, link: Link, onUndo?: () => void): void {
  deleteWithUndo({
    key: linkKey(link.code),
    name: link.title,
    onUndo,
    async commit(leaving) {
      await session.api(`/links/${link.code}`, { method: 'DELETE', keepalive: leaving });
      void queries.invalidateQueries({ queryKey: linksQuery(link.projectId).queryKey });
    },
  });
}

function remember(queries: QueryClient, link: Link): void {
  queries.setQueryData(linkQuery(link.code).queryKey, link);
  void queries.invalidateQueries({ queryKey: linksQuery(link.projectId).queryKey });
}
