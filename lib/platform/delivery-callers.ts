import type { DeliveryNews, QueuedEntry } from './delivery-box.ts';

/** How long a caller who did not say waits for the answer of a message that is with the agent. */
const DEFAULT_WAIT_MS = 300_000;

export interface Wait {
  /** As long as the caller said; null: who did not say. */
  waitMs: number | null;
  /** The most that one who did not say waits, in milliseconds; 5 minutes when absent. */
  unsaidMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Waits for the end of a message. Null: it has none yet, ask later. Who says how long to wait (`waitMs`) is not sent away
 * by an attempt that comes to nothing; who does not say waits only while it is with the agent. The message itself goes
 * its way whoever waits; `signal`: the caller left.
 */
export function waitForEnd(entry: QueuedEntry, { waitMs, unsaidMs = DEFAULT_WAIT_MS, signal }: Wait): Promise<QueuedEntry['end']> {
  const { end } = entry;
  if (end) return Promise.resolve(end);
  if (waitMs === 0 || signal?.aborted || (waitMs === null && entry.state !== 'delivering')) return Promise.resolve(null);
  return new Promise((resolve) => {
    const leave = () => settle(null);
    const timer = setTimeout(leave, waitMs ?? unsaidMs);
    const hear = (news: DeliveryNews) => {
      if (news.kind === 'put_back') return waitMs === null ? settle(null) : undefined;
      settle(news.kind === 'closing' ? null : news);
    };
    const settle = (news: Parameters<typeof resolve>[0]) => {
      clearTimeout(timer);
      entry.callers.delete(hear);
      signal?.removeEventListener('abort', leave);
      resolve(news);
    };
    entry.callers.add(hear);
    signal?.addEventListener('abort', leave, { once: true });
  });
}

export function tellCallers(entry: QueuedEntry, news: DeliveryNews): void {
  if (news.kind === 'answered' || news.kind === 'ended') entry.end = news;
  for (const hear of [...entry.callers]) hear(news);
}
