'use client';

import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { fetchRun, runKeys } from '#lib/client/restart-runs.ts';
import type { EventType, LedgerEvent } from '#lib/contract/events.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';

const EVENTS: readonly EventType[] = ['restart.step', 'restart.forced'];
/** What is still in flight, and messages on their way, change between two steps. */
const EVERY_MS = 2_000;

/** One run, fetched again at each of its steps and, while it goes on, every two seconds. */
export function useRun(id: string, initial: RestartRunDetail) {
  const ofThisRun = useCallback((event: LedgerEvent) => (event.data as { run_id?: unknown }).run_id === id, [id]);
  useRefetchOn(runKeys.run(id), EVENTS, ofThisRun);
  return useQuery({
    queryKey: runKeys.run(id),
    queryFn: ({ signal }) => fetchRun(id, signal),
    refetchInterval: ({ state }) => (state.data?.ended_at === null || (state.data?.queue.waiting ?? 0) > 0 ? EVERY_MS : false),
    initialData: initial,
  });
}
