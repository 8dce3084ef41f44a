'use client';

import { useSearchParams } from 'next/navigation';

export interface SnapshotPlace {
  id: string;
  /** What it is compared with; null: only what it holds is shown. */
  against: string | null;
}

/** Marks a history entry that opening a snapshot made, so that closing it can go back instead of leaving two alike. */
const MARK = 'canvasSnapshot';

function isMine(): boolean {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && (state as Record<string, unknown>)[MARK] === true;
}

function addressOf(place: SnapshotPlace | null): string {
  const url = new URL(location.href);
  for (const name of ['snapshot', 'against']) url.searchParams.delete(name);
  if (place !== null) url.searchParams.set('snapshot', place.id);
  if (place?.against) url.searchParams.set('against', place.against);
  return `${url.pathname}${url.search}`;
}

const open = (place: SnapshotPlace) => history.pushState({ [MARK]: true }, '', addressOf(place));
/** Shows another one, or the same compared, in the entry it is in; null: nothing, also for whoever opens something else next. */
const change = (place: SnapshotPlace | null) => history.replaceState({ [MARK]: place !== null && isMine() }, '', addressOf(place));
const close = () => (isMine() ? history.back() : change(null));

/** Which snapshot is open, from the address: links lead to one, a reload keeps it, and going back closes it. */
export function useSnapshotPlace() {
  const params = useSearchParams();
  const id = params.get('snapshot');
  const place: SnapshotPlace | null = id === null || id === '' ? null : { id, against: params.get('against') };
  return { place, open, change, close };
}
