import type { InboxItem } from '#lib/contract/inbox.ts';

export interface ToastList {
  /** The oldest first. */
  shown: readonly InboxItem[];
  /** How many more came while there was no room. */
  more: number;
}

export const NO_TOASTS: ToastList = { shown: [], more: 0 };
const MOST = 3;

const isCritical = ({ severity }: InboxItem) => severity === 'critical';

/**
 * Takes news in: one that is shown already is renewed where it is, and what finds no room is counted. What is critical is
 * shown first, if need be in the place of one that is not.
 */
export function addToasts({ shown, more }: ToastList, news: readonly InboxItem[]): ToastList {
  const fresh = new Map(news.map((item) => [item.id, item]));
  const next = shown.map((item) => fresh.get(item.id) ?? item);
  for (const { id } of shown) fresh.delete(id);
  let left = 0;
  for (const item of [...fresh.values()].sort((a, b) => Number(isCritical(b)) - Number(isCritical(a)))) {
    const place = next.length < MOST ? next.length : isCritical(item) ? next.findIndex((other) => !isCritical(other)) : -1;
    if (place < next.length) left += 1;
    if (place >= 0) next[place] = item;
  }
  return { shown: next, more: more + left };
}

/** Without one; with the last of them goes the count of those that found no room. */
export function dropToast({ shown, more }: ToastList, id: string): ToastList {
  const left = shown.filter((item) => item.id !== id);
  return left.length === 0 ? NO_TOASTS : { shown: left, more };
}

/** One sentence for those who listen: titles while they are few, a number when there are many. Empty for nothing. */
export function toastWords(news: readonly InboxItem[]): string {
  if (news.length <= 2) return news.map(({ title }) => `New in the inbox: ${title}`).join('. ');
  return `${news.length} new in the inbox, the first: ${news[0]?.title}`;
}
