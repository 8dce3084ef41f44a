'use client';

import { skipToken, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { fetchRun, runKeys } from '#lib/client/restart-runs.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

const RUN_EVENTS = ['restart.step', 'restart.forced', 'snapshot.saved'] as const;
const KEPT_MS = 60_000;
const WAITING_EVERY_MS = 2_000;

/**
 * A run as the platform has it, kept true: fetched again when the card brings a newer revision of it, when the ledger tells
 * of it, and while messages that waited for it are not all answered.
 */
export function useRun(runId: string | null, card: Pick<WorkspaceCard, 'run' | 'queued'> | null) {
  const concerns = useCallback((event: LedgerEvent) => 'run_id' in event.data && event.data.run_id === runId, [runId]);
  useRefetchOn(runKeys.run(runId ?? ''), RUN_EVENTS, concerns);
  const query = useQuery({
    queryKey: runKeys.run(runId ?? ''),
    queryFn: runId === null ? skipToken : ({ signal }) => fetchRun(runId, signal),
    gcTime: KEPT_MS,
    // A message that is with the agent is answered without a word on the card.
    refetchInterval: ({ state }) => (state.data !== undefined && state.data.queue.waiting > 0 ? WAITING_EVERY_MS : false),
  });
  const { data, isFetching, refetch } = query;
  const seen = `${runId} ${card?.run?.id === runId ? card.run.rev : ''} ${card?.queued ?? 0}`;
  const asked = useRef(seen);
  useEffect(() => {
    // Each change is asked for once: an answer that is still older then is no reason to ask for ever.
    if (isFetching || asked.current === seen || data === undefined) return;
    asked.current = seen;
    void refetch();
  }, [seen, data, isFetching, refetch]);
  return query;
}
