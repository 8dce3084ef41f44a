'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import { type FleetQuery, fleetAddress, readFleetQuery } from './fleet-params.ts';

/** The view as the address has it, and a way to change it without a request: the browser has the whole fleet. */
export function useFleetQuery(): [FleetQuery, (change: Partial<FleetQuery>) => void] {
  const params = useSearchParams();
  const query = useMemo(() => readFleetQuery((name) => params.get(name)), [params]);
  const change = useCallback((next: Partial<FleetQuery>) => {
    // Read again at the moment of the change: two changes in one tick must not undo each other.
    const now = new URLSearchParams(location.search);
    history.replaceState(null, '', fleetAddress({ ...readFleetQuery((name) => now.get(name)), ...next }));
  }, []);
  return [query, change];
}
