'use client';

import { skipToken, useQuery } from '@tanstack/react-query';
import type { WorkspaceEntry } from '#lib/client/apply-frame.ts';
import { workspaceKey } from '#lib/client/fleet-cache.ts';

/** One workspace's entry, and only that: a change of another one does not render whoever calls this. */
export function useWorkspace(id: string): WorkspaceEntry | undefined {
  return useQuery<WorkspaceEntry>({ queryKey: workspaceKey(id), queryFn: skipToken }).data;
}

/** The name of a workspace that may not be kept, such as a parent. */
export function useWorkspaceName(id: string | null): string | null {
  const { data } = useQuery({
    queryKey: workspaceKey(id ?? ''),
    queryFn: skipToken,
    select: (entry: WorkspaceEntry) => entry.card.name,
  });
  return data ?? null;
}
