import type { ActivityFilter } from '#lib/client/activity.ts';
import type { ActivityType } from '#lib/contract/activity.ts';
import { isActivityType } from './activity-words.ts';

/** What of the activity is shown: `?type=error&peer=…&q=…`. */
export interface ActivityPlace {
  type: ActivityType | null;
  /** The id of the workspace it was with; empty: any. */
  peer: string;
  q: string;
}

const MAX_SEARCH_CHARS = 200;
const MAX_ID_CHARS = 64;

/** Reads an address, the server's as the browser's. What means nothing is left out. */
export function readActivityPlace(param: (name: string) => string | null | undefined): ActivityPlace {
  const type = param('type') ?? null;
  const peer = param('peer') ?? '';
  return {
    type: isActivityType(type) ? type : null,
    peer: peer.length <= MAX_ID_CHARS ? peer : '',
    q: (param('q') ?? '').slice(0, MAX_SEARCH_CHARS),
  };
}

/** The same as the API's query. */
export function activityFilterOf({ type, peer, q }: ActivityPlace): ActivityFilter {
  return { ...(type === null ? {} : { type }), ...(peer === '' ? {} : { peer_id: peer }), ...(q.trim() === '' ? {} : { q: q.trim() }) };
}

/** The shortest address of a view on the page at `path`. */
export function activityAddress(path: string, { type, peer, q }: ActivityPlace): string {
  const params = new URLSearchParams({ show: 'activity' });
  if (type !== null) params.set('type', type);
  if (peer !== '') params.set('peer', peer);
  if (q !== '') params.set('q', q);
  return `${path}?${params}`;
}
