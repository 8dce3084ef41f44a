'use client';

import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { ApiError } from '#lib/client/api.ts';
import { refreshOn } from '#lib/client/refresh.ts';
import type { EventType, LedgerEvent } from '#lib/contract/events.ts';
import { useCatchUp, useLive } from './canvas-live.tsx';

/** A refusal is an answer too. */
const isUnheard = (error: Error | null) => error instanceof ApiError && (error.status === 0 || error.status >= 500);

/**
 * Refetches what begins with `queryKey` whenever something may have been missed: at the page's start, after an interruption,
 * and when the part of the page that uses this comes to life after the stream did. Answers what refetches it; that rejects when
 * the platform did not answer.
 */
export function useRefetchAfterGap(queryKey: QueryKey): () => Promise<void> {
  const client = useQueryClient();
  const key = JSON.stringify(queryKey);
  const refetch = useCallback(async () => {
    const filters = { queryKey: JSON.parse(key) as QueryKey };
    await client.invalidateQueries(filters);
    const unheard = client
      .getQueryCache()
      .find({ ...filters, exact: false, type: 'active', predicate: ({ state }) => isUnheard(state.error) });
    if (unheard) throw unheard.state.error;
  }, [client, key]);
  useCatchUp(refetch);
  return refetch;
}

/**
 * Refetches what begins with `queryKey` when the ledger tells of one of these kinds, and whenever something may have been
 * missed. `concerns` leaves out events that say nothing about it. Give constant arrays and functions, or memoised ones.
 */
export function useRefetchOn(queryKey: QueryKey, types: readonly EventType[], concerns?: (event: LedgerEvent) => boolean): void {
  const live = useLive();
  const refetch = useRefetchAfterGap(queryKey);
  useEffect(
    () => refreshOn(live, (event) => types.includes(event.type) && concerns?.(event) !== false, refetch),
    [live, types, concerns, refetch],
  );
}
