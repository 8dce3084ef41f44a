import type { ActivityRow, ActivityType } from '#lib/contract/activity.ts';
import { callApi } from './api.ts';

/** What of a workspace's activity is wanted; an absent one filters nothing. */
export interface ActivityFilter {
  type?: ActivityType;
  source?: 'canvas' | 'agent';
  peer_id?: string;
  q?: string;
}

/** The id is not the second part by itself: what refetches all of a workspace would fetch every page that was scrolled to. */
export const activityKey = (id: string, filter: ActivityFilter = {}) => ['activity', { id, ...filter }] as const;

/** Newest first; `before`: what is older than that row. */
export const fetchActivity = (
  id: string,
  filter: ActivityFilter,
  { limit, before }: { limit: number; before?: string | null },
  signal?: AbortSignal,
) =>
  callApi<ActivityRow[]>('GET /workspaces/:id/activity', {
    params: { id },
    query: { ...filter, limit, before_id: before ?? undefined },
    ...(signal === undefined ? {} : { signal }),
  });

/** Whether what the row tells of goes on: it will be told again. */
export const goesOn = ({ status }: Pick<ActivityRow, 'status'>): boolean => status === 'delivering';

/**
 * The newest rows taken into the pages that are kept (newest first): known ones are replaced, new ones come first. When
 * none of them is known, what lies between is not either: only the newest page is kept then.
 */
export function withNewest(pages: readonly ActivityRow[][], newest: readonly ActivityRow[]): ActivityRow[][] {
  const first = pages[0] ?? [];
  const known = new Set(pages.flat().map(({ id }) => id));
  if (first.length > 0 && newest.length > 0 && !newest.some(({ id }) => known.has(id))) return [[...newest]];
  const changed = new Map(newest.map((row) => [row.id, row]));
  const kept = pages.map((page) => page.map((row) => changed.get(row.id) ?? row));
  return [[...newest.filter(({ id }) => !known.has(id)), ...(kept[0] ?? [])], ...kept.slice(1)];
}
