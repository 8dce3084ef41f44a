import { z } from 'zod';
import {
  type BulkCandidate,
  type BulkPreview,
  type BulkRestart,
  type BulkRestartDetail,
  bulkPreviewSchema,
  bulkRestartSchema,
  MAX_BULK,
} from '#lib/contract/bulk-restarts.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { whySkipped } from '#lib/domain/bulk-skip.ts';
import type { BulkCause } from '#lib/domain/bulk-state.ts';
import { selectWorkspaces } from '#lib/domain/select-workspaces.ts';
import {
  bulkById,
  bulkCounts,
  insertBulk,
  newestBulks,
  noCounts,
  type StoredBulk,
  type StoredBulkItem,
  shownBulkItems,
} from '#lib/store/bulk-restarts.ts';
import { newId } from '#lib/store/new-id.ts';
import { type Actor, eventActorOf } from './actor.ts';
import { allowOperator } from './allow.ts';
import { bulkSubjectOf } from './bulk-subject.ts';
import type { Deps } from './deps.ts';
import { cardOf } from './fleet.ts';
import { cleanReason } from './new-run.ts';
import { readVerb, writeVerb } from './verb.ts';

const byId = z.object({ id: workspaceIdSchema });
const LISTED = 50;

/** Who would be restarted and who left out, and why; by ids in their order, or by a search, by name. */
export const bulkPreview = readVerb({
  name: 'bulkPreview',
  input: bulkPreviewSchema,
  allow: allowOperator,
  run: ({ deps, now }, { ids, filter, busy }): BulkPreview => {
    const items = (ids ? [...new Set(ids)] : idsFound(deps, filter ?? '', now)).map((id): BulkCandidate => {
      const subject = bulkSubjectOf(deps, id);
      return { workspace_id: id, name: nameOf(deps, id), active_tasks: subject?.active_tasks ?? 0, skip: whySkipped(subject, busy) };
    });
    const skipped = items.filter(({ skip }) => skip !== '').length;
    return { items, restarting: items.length - skipped, skipped, now };
  },
});

/** Begins one over exactly these, in this order. Each is looked at again when its turn comes. */
export const startBulk = writeVerb({
  name: 'startBulk',
  input: bulkRestartSchema,
  allow: allowOperator,
  run: async ({ actor, now, tx, deps }, { ids, reason, ...settings }) => {
    const bulk: StoredBulk = {
      ...settings,
      id: newId(),
      state: 'running',
      why: '',
      actor: eventActorOf(actor),
      reason: cleanReason(reason),
      requested_at: now,
      ended_at: null,
      forgiven: 0,
    };
    const items = [...new Set(ids)].map((workspace_id, position): StoredBulkItem => {
      return { position, workspace_id, name: nameOf(deps, workspace_id), state: 'pending', run_id: null, why: '', ended_at: null };
    });
    await insertBulk(tx, bulk, items);
    const shown = items.map(({ position: _, ...item }) => ({ ...item, run_state: null }));
    const result: BulkRestartDetail = { ...shownBulk(bulk, { ...noCounts(), pending: items.length }), items: shown };
    return {
      result,
      events: [
        { type: 'bulk.changed', workspace_id: null, actor: bulk.actor, at: now, data: { bulk_id: bulk.id, state: bulk.state, why: '' } },
      ],
      audit: { workspace_id: null, detail: { bulk_id: bulk.id, workspaces: items.length, ...settings } },
      committed: () => deps.bulk.begin(bulk, items),
    };
  },
});

export const listBulk = readVerb({
  name: 'listBulk',
  input: z.object({}),
  allow: allowOperator,
  run: async ({ deps }): Promise<BulkRestart[]> => {
    const rows = await newestBulks(deps.store.db, LISTED);
    const ids = rows.map(({ id }) => id);
    const counts = await bulkCounts(deps.store.db, ids);
    return rows.map((row) => shownBulk(row, counts.get(row.id) ?? noCounts()));
  },
});

export const getBulk = readVerb({
  name: 'getBulk',
  input: byId,
  allow: allowOperator,
  run: async ({ deps }, { id }): Promise<BulkRestartDetail> => {
    const row = await bulkById(deps.store.db, id);
    if (!row) throw new CanvasError('not_found', `There is no bulk restart ${id}.`);
    const items = await shownBulkItems(deps.store.db, id);
    const counts = noCounts();
    for (const { state } of items) counts[state] += 1;
    return { ...shownBulk(row, counts), items };
  },
});

const command = (name: string, causeOf: (actor: Actor) => BulkCause) =>
  writeVerb({
    name,
    input: byId,
    allow: allowOperator,
    run: async ({ actor, now, tx, deps }, { id }) => {
      const { events, commit } = await deps.bulk.commandIn(tx, id, causeOf(actor), eventActorOf(actor), now);
      return { result: { id }, events, audit: { workspace_id: null, detail: { bulk_id: id } }, committed: commit };
    },
    afterwards: (deps, { id }) => void deps.bulk.takeTurns(id),
  });

/** Each answers the id alone: what it is like then is read with `getBulk`. */
export const pauseBulk = command('pauseBulk', ({ name }) => ({ kind: 'pause', by: name }));
export const resumeBulk = command('resumeBulk', () => ({ kind: 'resume' }));
export const abortBulk = command('abortBulk', ({ name }) => ({ kind: 'abort', by: name }));

function shownBulk({ forgiven: _, ...row }: StoredBulk, counts: BulkRestart['counts']): BulkRestart {
  return { ...row, counts };
}

function nameOf(deps: Deps, id: string): string {
  return deps.fleet.find(id)?.row.name ?? id;
}

function idsFound(deps: Deps, q: string, now: number): string[] {
  const cards = Array.from(deps.fleet.all(), cardOf);
  const found = selectWorkspaces(cards, { q, sort: 'name', order: 'asc' }, { nameOf: (id) => deps.fleet.find(id)?.row.name ?? null, now });
  if (found.total > MAX_BULK) {
    throw new CanvasError('bad_request', `${found.total} workspaces match; one bulk restart takes ${MAX_BULK}. Narrow the filter.`);
  }
  return found.items.map(({ id }) => id);
}
