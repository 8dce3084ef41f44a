'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

export interface SnapshotPlace {
  id: string;
  /** What it is compared with; null: only what it holds is shown. */
  against: string | null;
}

function write(place: SnapshotPlace | null, how: 'pushState' | 'replaceState'): void {
  const url = new URL(location.href);
  for (const name of ['snapshot', 'against']) url.searchParams.delete(name);
  if (place !== null) url.searchParams.set('snapshot', place.id);
  if (place?.against) url.searchParams.set('against', place.against);
  history[how](null, '', `${url.pathname}${url.search}`);
}

/** Which snapshot is open, from the address: links lead to one, a reload keeps it, and going back closes it. */
export function useSnapshotPlace() {
  const params = useSearchParams();
  const id = params.get('snapshot');
  const place: SnapshotPlace | null = id === null || id === '' ? null : { id, against: params.get('against') };
  const open = useCallback((next: SnapshotPlace) => write(next, 'pushState'), []);
  const change = useCallback((next: SnapshotPlace | null) => write(next, 'replaceState'), []);
  return { place, open, change };
}
