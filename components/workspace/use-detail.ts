'use client';

import { useQuery } from '@tanstack/react-query';
import { callApi } from '#lib/client/api.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';

export const detailKey = (id: string) => ['detail', id] as const;

/** Facts that only the platform knows (last progress, the process) move without a frame: whoever looks on asks again. */
const EVERY_MS = 10_000;

/** All that the platform tells of one workspace, fetched when it is looked at and kept fresh while it is. */
export function useDetail(id: string, initial?: WorkspaceDetail) {
  return useQuery({
    queryKey: detailKey(id),
    queryFn: ({ signal }) => callApi<WorkspaceDetail>('GET /workspaces/:id', { params: { id }, signal }),
    staleTime: 2_000,
    refetchInterval: EVERY_MS,
    gcTime: 60_000,
    ...(initial === undefined ? {} : { initialData: initial }),
  });
}
