import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { Page, Project } from '../../shared/api.ts';
import { session } from '../session/session.ts';
import { deleteWithUndo } from '../undo/use-deletion.tsx';

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  async queryFn({ signal }) {
    const projects: Project[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<Project> = await session.api(`/projects?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal });
      projects.push(...page.items);
      cursor = page.cursor;
    } while (cursor);
    return projects.sort((one, other) => other.updatedAt.localeCompare(one.updatedAt));
  },
});

export const projectQuery = (id: string) =>
  queryOptions({ queryKey: ['project', id], queryFn: ({ signal }) => session.api<Project>(`/projects/${id}`, { signal }) });

export const projectKey = (id: string) => `project:${id}`;

/** Creates a project, or renames the one given. */
export function useNameProject(project?: Project) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      project
        ? session.api<Project>(`/projects/${project.id}`, { method: 'PATCH', body: { name } })
        : session.api<Project>('/projects', { method: 'POST', body: { name } }),
    onSuccess(saved) {
      queries.setQueryData(projectQuery(saved.id).queryKey, saved);
      void queries.invalidateQueries({ queryKey: projectsQuery.queryKey });
    },
  });
}

export function deleteProject(queries: QueryClient, project: Project, onUndo?: () => void): void {
  deleteWithUndo({
    key: projectKey(project.id),
    name: project.name,
    onUndo,
    async commit(leaving) {
      await session.api(`/projects/${project.id}`, { method: 'DELETE', keepalive: leaving });
      void queries.invalidateQueries({ queryKey: projectsQuery.queryKey });
    },
  });
}
