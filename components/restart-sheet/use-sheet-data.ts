'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { fetchLiveSnapshot, fetchPreview, fetchQueue, runKeys } from '#lib/client/restart-runs.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

/** What runs changes with every beat; asking again this often is enough to decide by. */
const LOOK_EVERY_MS = 4_000;

/** All that the sheet shows before anybody decides. Each part loads and fails on its own. `asking`: nothing is under way yet. */
export function useSheetData(card: Pick<WorkspaceCard, 'id' | 'queued'>, asking: boolean) {
  const { id } = card;
  const preview = useQuery({
    queryKey: runKeys.preview(id),
    queryFn: ({ signal }) => fetchPreview(id, signal),
    enabled: asking,
    staleTime: 0,
    gcTime: 0,
    refetchInterval: LOOK_EVERY_MS,
  });
  const live = useQuery({
    queryKey: runKeys.live(id),
    queryFn: ({ signal }) => fetchLiveSnapshot(id, signal),
    enabled: asking,
    gcTime: 0,
  });
  const queue = useQuery({ queryKey: runKeys.queue(id), queryFn: ({ signal }) => fetchQueue(id, 'open', signal), staleTime: 0 });
  const { refetch } = queue;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the card's count says when the queue is another one
  useEffect(() => void refetch({ cancelRefetch: false }), [refetch, card.queued]);
  return { preview, live, queue };
}
