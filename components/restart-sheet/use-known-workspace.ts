'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useWorkspace } from '#components/fleet/use-workspace.ts';
import { detailKey } from '#components/workspace/use-detail.ts';
import { callApi } from '#lib/client/api.ts';
import { mergeCards } from '#lib/client/fleet-cache.ts';
import type { WorkspaceCard, WorkspaceDetail } from '#lib/contract/workspaces.ts';

/** A workspace's live card, fetched when this page has not got it: the sheet may be opened by a link, on any page. */
export function useKnownWorkspace(id: string): { card: WorkspaceCard | null; error: Error | null; retry: () => void } {
  const client = useQueryClient();
  const card = useWorkspace(id)?.card ?? null;
  const { error, refetch } = useQuery({
    queryKey: [...detailKey(id), 'for-sheet'],
    queryFn: async ({ signal }) => {
      const {
        agent_card: _card,
        config: _config,
        evidence: _evidence,
        ancestors: _ancestors,
        children: _children,
        wake_on_message: _wake,
        ...known
      } = await callApi<WorkspaceDetail>('GET /workspaces/:id', { params: { id }, signal });
      mergeCards(client, [known]);
      return true;
    },
    enabled: card === null,
    gcTime: 0,
  });
  return { card, error: card === null ? error : null, retry: () => void refetch() };
}
