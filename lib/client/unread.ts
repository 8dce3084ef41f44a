import type { InboxItem, InboxPage } from '#lib/contract/inbox.ts';
import { callApi } from './api.ts';

/** Apart from the rest of the inbox: every page has the count of what needs a person, and only some have the lists. */
export const unreadKey = ['inbox', 'counts'] as const;

export async function fetchUnread(signal: AbortSignal): Promise<number> {
  return (await callApi<InboxPage>('GET /inbox', { query: { limit: 1 }, signal })).counts.unread_alerts;
}

/** Whether it counts: what only tells something needs nobody. */
export const isAlert = ({ severity }: Pick<InboxItem, 'severity'>): boolean => severity !== 'info';

/** "3", "99+"; a title and a badge have no room for more. */
export const unreadText = (count: number): string => (count > 99 ? '99+' : String(count));

/** A page's title with the count before it, without the one that stood there. */
export function countedTitle(title: string, count: number): string {
  const bare = title.replace(/^\(\d+\+?\) /, '');
  return count > 0 ? `(${unreadText(count)}) ${bare}` : bare;
}
