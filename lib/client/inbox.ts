import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { createMuteSchema, InboxItem, InboxPage, IncidentDetail, Mute } from '#lib/contract/inbox.ts';
import type { IncidentKind } from '#lib/contract/incidents.ts';
import { callApi } from './api.ts';
import { isAlert, unreadKey } from './unread.ts';

export const INBOX_VIEWS = ['unread', 'open', 'mine', 'all'] as const;
export type InboxView = (typeof INBOX_VIEWS)[number];

/** Which incidents a list holds. */
export interface InboxFilter {
  view: InboxView;
  workspace: string | null;
  kind: IncidentKind | null;
}

/** Everything of the inbox begins with the same part: what one action changes is refetched together. */
export const inboxKeys = {
  all: ['inbox'] as const,
  lists: ['inbox', 'list'] as const,
  incidents: ['inbox', 'incident'] as const,
  list: ({ view, workspace, kind }: InboxFilter) => ['inbox', 'list', view, workspace, kind] as const,
  mutes: ['inbox', 'mutes'] as const,
  incident: (id: string) => ['inbox', 'incident', id] as const,
};

const within = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

export const fetchInbox = ({ view, workspace, kind }: InboxFilter, cursor: string | null, signal?: AbortSignal) =>
  callApi<InboxPage>('GET /inbox', {
    query: { view, workspace: workspace ?? undefined, kind: kind ?? undefined, cursor: cursor ?? undefined },
    ...within(signal),
  });
export const fetchMutes = async (signal?: AbortSignal): Promise<Mute[]> =>
  (await callApi<InboxPage>('GET /inbox', { query: { limit: 1 }, ...within(signal) })).mutes;
export const fetchIncident = (incident: string, signal?: AbortSignal) =>
  callApi<IncidentDetail>('GET /inbox/:incident', { params: { incident }, ...within(signal) });
export const assignIncident = (incident: string, to: 'me' | 'nobody') =>
  callApi<InboxItem>('POST /inbox/:incident/assign', { params: { incident }, body: { to } });
export const createMute = (body: (typeof createMuteSchema)['_input']) => callApi<Mute>('POST /mutes', { body });
export const deleteMute = (mute: string) => callApi('DELETE /mutes/:mute', { params: { mute } });

type Lists = InfiniteData<InboxPage, string | null>;

/**
 * Changes every kept copy of these incidents at once, before the platform has answered; the count of unread alerts goes
 * along. Answers what puts everything back as it was.
 */
export function patchIncidents(
  client: QueryClient,
  concerns: (item: InboxItem) => boolean,
  change: (item: InboxItem) => InboxItem,
): () => void {
  const before = client.getQueriesData({ queryKey: inboxKeys.all });
  const unread = new Map<string, number>();
  const patch = <T extends InboxItem>(item: T): T => {
    if (!concerns(item)) return item;
    const next = { ...item, ...change(item) };
    if (isAlert(item)) unread.set(item.id, Number(next.unread) - Number(item.unread));
    return next;
  };
  client.setQueriesData<Lists>({ queryKey: inboxKeys.lists }, (lists) =>
    lists === undefined ? lists : { ...lists, pages: lists.pages.map((page) => ({ ...page, items: page.items.map(patch) })) },
  );
  client.setQueriesData<IncidentDetail>({ queryKey: inboxKeys.incidents }, (detail) => (detail === undefined ? detail : patch(detail)));
  const difference = [...unread.values()].reduce((sum, one) => sum + one, 0);
  client.setQueryData<number>(unreadKey, (count) => (count === undefined ? count : Math.max(0, count + difference)));
  return () => {
    for (const [key, data] of before) client.setQueryData(key, data);
  };
}
