'use client';

import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import type { WorkspaceEntry } from '#lib/client/apply-frame.ts';
import { nameOf, workspaceKey } from '#lib/client/fleet-cache.ts';

/** One workspace's entry, and only that: a change of another one does not render whoever calls this. */
export function useWorkspace(id: string): WorkspaceEntry | undefined {
  return useQuery<WorkspaceEntry>({ queryKey: workspaceKey(id), queryFn: skipToken }).data;
}

/** The name of another workspace, such as a parent; null while it is not known. Renders only when the name changes. */
export function useWorkspaceName(id: string | null): string | null {
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: workspaceKey(id ?? ''), queryFn: skipToken, select: (entry: WorkspaceEntry) => entry.card.name });
  return id === null ? null : (data ?? nameOf(client, id));
}
