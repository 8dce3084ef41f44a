import type { QueryClient } from '@tanstack/react-query';
import type { BarsAnswer } from '#lib/contract/history.ts';
import type { WorkspacePage } from '#lib/contract/workspaces.ts';
import { callApi } from './api.ts';
import { dropEntries, markComplete, mergeBars, mergeCards, readEntry, readIndex } from './fleet-cache.ts';

const PAGE_SIZE = 1_000;
const BARS_AT_ONCE = 200;

/**
 * Fetches every workspace and takes it in. What the stream brings meanwhile is newer and stays. Workspaces that were kept
 * before and are in no page any more are gone; one that the stream touched meanwhile may only have moved from page to page.
 */
export async function loadFleet(client: QueryClient, signal: AbortSignal): Promise<void> {
  const before = new Map(readIndex(client).ids.map((id) => [id, readEntry(client, id)]));
  let cursor: string | null = null;
  do {
    const page: WorkspacePage = await callApi<WorkspacePage>('GET /workspaces', {
      query: { page: 1, sort: 'name', limit: PAGE_SIZE, cursor: cursor ?? undefined },
      signal,
    });
    mergeCards(client, page.items);
    for (const card of page.items) before.delete(card.id);
    cursor = page.next;
  } while (cursor !== null);
  dropEntries(
    client,
    [...before].filter(([id, entry]) => readEntry(client, id) === entry).map(([id]) => id),
  );
  markComplete(client);
}

/** Fetches the last hour of those ids that have none yet, in one batch per moment: cards that scroll in together ask together. */
export function createBarsLoader(client: QueryClient): (id: string) => void {
  const wanted = new Set<string>();
  let scheduled = false;
  const fetchNext = async () => {
    scheduled = false;
    const ids = [...wanted].filter((id) => readEntry(client, id)?.bars === null).slice(0, BARS_AT_ONCE);
    for (const id of ids) wanted.delete(id);
    if (ids.length > 0) mergeBars(client, await callApi<BarsAnswer>('GET /history', { query: { ids: ids.join(',') } }));
    if (wanted.size > 0) schedule();
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    // Bars are decoration until they come: one that fails is asked for again when its card is shown again.
    setTimeout(() => void fetchNext().catch(() => wanted.clear()), 50);
  };
  return (id) => {
    wanted.add(id);
    schedule();
  };
}
