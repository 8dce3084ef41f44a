'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import { type DelegationsQuery, delegationsAddress, readDelegationsQuery } from './delegations-params.ts';

/** The view as the address has it, and a way to change it without asking the server for the page again. */
export function useDelegationsQuery(): [DelegationsQuery, (change: Partial<DelegationsQuery>) => void] {
  const params = useSearchParams();
  const query = useMemo(() => readDelegationsQuery((name) => params.get(name)), [params]);
  const change = useCallback((next: Partial<DelegationsQuery>) => {
    // Read again at the moment of the change: two changes in one tick must not undo each other.
    const now = new URLSearchParams(location.search);
    history.replaceState(null, '', delegationsAddress({ ...readDelegationsQuery((name) => now.get(name)), ...next }));
  }, []);
  return [query, change];
}
