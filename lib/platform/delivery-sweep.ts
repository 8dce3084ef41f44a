import type { DeliveryBook } from './delivery-book.ts';
import { QUEUE } from './delivery-pump.ts';

/** Ends what has waited too long, and of more than `mostFailed` of a workspace that failed the oldest. */
export function sweepMessages(book: DeliveryBook, { now, mostFailed }: { now: number; mostFailed: number }): void {
  for (const id of book.workspaces)
    for (const entry of book.box(id)?.failedBefore(mostFailed) ?? [])
      void book.enter(entry, { state: 'dropped', why: `It failed, and ${mostFailed} others after it` }, QUEUE).catch(() => {});
  for (const entry of book.entries) {
    const isFetched = book.box(entry.workspace_id)?.fetched.has(entry.id);
    if ((entry.state !== 'waiting' && !isFetched) || !entry.isStored || entry.expires_at > now) continue;
    const why = isFetched ? 'It was fetched, and not answered within 24 hours' : 'It waited for 24 hours';
    void book.enter(entry, { state: 'expired', why }, QUEUE).catch(() => {});
  }
}
