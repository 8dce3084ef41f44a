import { QueryClient } from '@tanstack/react-query';
import type { BarsAnswer } from '#lib/contract/history.ts';
import type { StreamFrame } from '#lib/contract/stream.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { applyFrame, mergeCard, type WorkspaceEntry } from './apply-frame.ts';

export const workspaceKey = (id: string) => ['workspace', id] as const;
/** Names of workspaces that are spoken of before they are kept themselves. */
const nameKeyOf = (id: string) => ['name', id] as const;
/** The ids that are kept, and whether they are all there are. */
export const fleetKey = ['fleet'] as const;

export interface FleetIndex {
  ids: readonly string[];
  /** False until everything was fetched: the first paint has only the first cards. */
  complete: boolean;
}

/** A client whose entries live as long as the page: nothing is refetched or dropped behind the stream's back. */
export function createFleetClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: Number.POSITIVE_INFINITY,
        retry: false,
        // Canvas may be on this very machine: without a network it is asked all the same, and its silence is told.
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        structuralSharing: false,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

export function readEntry(client: QueryClient, id: string): WorkspaceEntry | undefined {
  return client.getQueryData<WorkspaceEntry>(workspaceKey(id));
}

export function readIndex(client: QueryClient): FleetIndex {
  return client.getQueryData<FleetIndex>(fleetKey) ?? { ids: [], complete: false };
}

export function readCards(client: QueryClient): WorkspaceCard[] {
  const cards: WorkspaceCard[] = [];
  for (const id of readIndex(client).ids) {
    const entry = readEntry(client, id);
    if (entry) cards.push(entry.card);
  }
  return cards;
}

/** Ids are never given twice: what was removed stays away, even when an answer that is older than the removal comes later. */
const removedIds = new WeakMap<QueryClient, Set<string>>();

function writeEntry(client: QueryClient, id: string, entry: WorkspaceEntry): void {
  client.setQueryData(workspaceKey(id), entry);
}

function writeIds(client: QueryClient, change: (ids: readonly string[]) => readonly string[]): void {
  const index = readIndex(client);
  const ids = change(index.ids);
  if (ids !== index.ids) client.setQueryData<FleetIndex>(fleetKey, { ...index, ids });
}

/** Takes fetched cards in; those that the stream has already brought newer stay as they are. */
export function mergeCards(client: QueryClient, cards: readonly WorkspaceCard[]): void {
  const fresh: string[] = [];
  const removed = removedIds.get(client);
  for (const card of cards) {
    if (removed?.has(card.id)) continue;
    const kept = readEntry(client, card.id);
    const entry = mergeCard(kept, card);
    if (entry !== kept) writeEntry(client, card.id, entry);
    if (!kept) fresh.push(card.id);
  }
  if (fresh.length > 0) writeIds(client, (ids) => [...ids, ...fresh]);
}

export function rememberNames(client: QueryClient, known: readonly { id: string; name: string }[]): void {
  for (const { id, name } of known) client.setQueryData(nameKeyOf(id), name);
}

/** The name of a workspace as far as it is known: from its entry, else from what was remembered. */
export function nameOf(client: QueryClient, id: string): string | null {
  return readEntry(client, id)?.card.name ?? client.getQueryData<string>(nameKeyOf(id)) ?? null;
}

export function mergeBars(client: QueryClient, answer: BarsAnswer): void {
  for (const [id, letters] of Object.entries(answer.bars)) {
    const kept = readEntry(client, id);
    if (kept) writeEntry(client, id, { card: kept.card, bars: { minute: answer.minute, letters } });
  }
}

export function dropEntries(client: QueryClient, gone: readonly string[]): void {
  if (gone.length === 0) return;
  const set = new Set(gone);
  writeIds(client, (ids) => (ids.some((id) => set.has(id)) ? ids.filter((id) => !set.has(id)) : ids));
  for (const id of gone) client.removeQueries({ queryKey: workspaceKey(id), exact: true });
}

export function markComplete(client: QueryClient): void {
  client.setQueryData<FleetIndex>(fleetKey, { ...readIndex(client), complete: true });
}

/** Writes what a frame changes, and nothing else. Answers what is left to do. */
export function patchFleet(client: QueryClient, frame: StreamFrame): { refetch: boolean; position: string | null; now: number } {
  const change = applyFrame((id) => readEntry(client, id), frame);
  const fresh: string[] = [];
  for (const [id, entry] of change.entries) {
    if (!readEntry(client, id)) fresh.push(id);
    writeEntry(client, id, entry);
  }
  if (fresh.length > 0) writeIds(client, (ids) => [...ids, ...fresh]);
  if (change.removed.length > 0) {
    removedIds.set(client, new Set([...(removedIds.get(client) ?? []), ...change.removed]));
    dropEntries(client, change.removed);
  }
  return { refetch: change.refetch, position: change.position, now: change.now };
}
