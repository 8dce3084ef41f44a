import type { WorkspacePatch } from '#lib/contract/stream.ts';
import { eventsAfter, oldestSeq } from '#lib/store/ledger.ts';
import type { Deps } from './deps.ts';
import { cardOf, patchOf } from './fleet.ts';
import type { FeedItem } from './live-feed.ts';

export type Replay = { ok: true; items: FeedItem[]; upTo: number } | { ok: false; why: 'unknown_epoch' | 'too_far_behind' };

/** What the ledger holds after a position `epoch:seq`, with each workspace as it is now; or why it cannot be told. */
export async function replayAfter(deps: Deps, position: string, limit: number): Promise<Replay> {
  const at = position.lastIndexOf(':');
  const digits = position.slice(at + 1);
  const seq = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (position.slice(0, at) !== deps.ledgerEpoch || !Number.isSafeInteger(seq)) return { ok: false, why: 'unknown_epoch' };
  const oldest = await oldestSeq(deps.store.db);
  if (seq > deps.feed.newestSeq) return { ok: false, why: 'unknown_epoch' };
  if (deps.feed.newestSeq - seq > limit || (oldest !== null && seq < oldest - 1)) return { ok: false, why: 'too_far_behind' };
  const events = await eventsAfter(deps.store.db, seq, limit);
  const items = events.map((event): FeedItem => {
    const live = event.workspace_id === null ? undefined : deps.fleet.find(event.workspace_id);
    return { kind: 'ledger', event, workspace: live ? cardOf(live) : null };
  });
  return { ok: true, items, upTo: events.at(-1)?.seq ?? seq };
}

/** The newest live facts of these workspaces; removed ones are left out. */
export function latestPatches(deps: Deps, ids: Iterable<string>): WorkspacePatch[] {
  const now = deps.now();
  return [...ids].flatMap((id) => {
    const live = deps.fleet.find(id);
    return live ? [patchOf(live, now)] : [];
  });
}
