import type { BulkItem, BulkItemState, BulkRestart, BulkState } from '#lib/contract/bulk-restarts.ts';
import { BULK_ITEM_STATES } from '#lib/contract/bulk-restarts.ts';
import type { EventActor } from '#lib/contract/events.ts';
import type { Db } from './in-transaction.ts';
import type { BulkItemsTable, BulkRestartsTable } from './tables.ts';

/** A bulk restart as it is kept, its JSON parsed. */
export interface StoredBulk extends Omit<BulkRestart, 'counts'> {
  /** Failures that were known when it was resumed: they count no more towards the stop. */
  forgiven: number;
}
export interface StoredBulkItem extends Omit<BulkItemsTable, 'bulk_id' | 'state'> {
  state: BulkItemState;
}
export type BulkCounts = Record<BulkItemState, number>;

/** Rows of one insert: eight parameters each, and no statement that holds the event loop. */
const ROWS = 200;

export async function insertBulk(tx: Db, bulk: StoredBulk, items: readonly StoredBulkItem[]): Promise<void> {
  await tx.insertInto('bulk_restarts').values(rowOf(bulk)).execute();
  for (let from = 0; from < items.length; from += ROWS) {
    const rows = items.slice(from, from + ROWS).map((item) => ({ ...item, bulk_id: bulk.id }));
    await tx.insertInto('bulk_items').values(rows).execute();
  }
}

export async function updateBulk(tx: Db, bulk: StoredBulk): Promise<void> {
  const { id, ...columns } = rowOf(bulk);
  await tx.updateTable('bulk_restarts').set(columns).where('id', '=', id).execute();
}

export async function updateBulkItem(tx: Db, bulkId: string, item: StoredBulkItem): Promise<void> {
  const { position, ...columns } = item;
  await tx.updateTable('bulk_items').set(columns).where('bulk_id', '=', bulkId).where('position', '=', position).execute();
}

/** Everything that was not begun is left out, for this reason. */
export async function skipPendingItems(tx: Db, bulkId: string, why: string, now: number): Promise<void> {
  await tx
    .updateTable('bulk_items')
    .set({ state: 'skipped', why, ended_at: now })
    .where('bulk_id', '=', bulkId)
    .where('state', '=', 'pending')
    .execute();
}

export async function bulkById(db: Db, id: string): Promise<StoredBulk | null> {
  const row = await db.selectFrom('bulk_restarts').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? bulkOf(row) : null;
}

/** Those that have not ended, oldest first. */
export async function openBulks(db: Db): Promise<StoredBulk[]> {
  const rows = await db.selectFrom('bulk_restarts').selectAll().where('ended_at', 'is', null).orderBy('id').execute();
  return rows.map(bulkOf);
}

export async function newestBulks(db: Db, limit: number): Promise<StoredBulk[]> {
  const rows = await db
    .selectFrom('bulk_restarts')
    .selectAll()
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(bulkOf);
}

/** The items of one, in their order. */
export async function bulkItemsOf(db: Db, bulkId: string): Promise<StoredBulkItem[]> {
  const rows = await db.selectFrom('bulk_items').selectAll().where('bulk_id', '=', bulkId).orderBy('position').execute();
  return rows.map(({ bulk_id: _, ...row }) => ({ ...row, state: row.state as BulkItemState }));
}

/** The same as people see them, with where each one's run is. */
export async function shownBulkItems(db: Db, bulkId: string): Promise<BulkItem[]> {
  const rows = await db
    .selectFrom('bulk_items as item')
    .leftJoin('restart_runs as run', 'run.id', 'item.run_id')
    .select(['item.workspace_id', 'item.name', 'item.state', 'item.run_id', 'item.why', 'run.state as run_state', 'item.ended_at'])
    .where('item.bulk_id', '=', bulkId)
    .orderBy('item.position')
    .execute();
  return rows.map((row) => ({ ...row, state: row.state as BulkItemState }));
}

/** How many items of each of these are in which state; zeroes are present. */
export async function bulkCounts(db: Db, bulkIds: readonly string[]): Promise<Map<string, BulkCounts>> {
  const counts = new Map(bulkIds.map((id) => [id, noCounts()]));
  if (bulkIds.length === 0) return counts;
  const rows = await db
    .selectFrom('bulk_items')
    .select((eb) => ['bulk_id', 'state', eb.fn.countAll<number | string>().as('number')])
    .where('bulk_id', 'in', [...bulkIds])
    .groupBy(['bulk_id', 'state'])
    .execute();
  for (const { bulk_id, state, number } of rows) {
    const of = counts.get(bulk_id);
    if (of) of[state as BulkItemState] = Number(number);
  }
  return counts;
}

/** The run that this bulk began for a workspace; null: it began none. */
export async function runOfBulkItem(db: Db, bulkId: string, workspaceId: string): Promise<string | null> {
  const row = await db
    .selectFrom('restart_runs')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('bulk_id', '=', bulkId)
    .orderBy('requested_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Removes those that ended before `before` (epoch ms), with their items; answers how many. */
export async function pruneBulks(db: Db, before: number): Promise<number> {
  const old = db.selectFrom('bulk_restarts').select('id').where('ended_at', '<', before);
  await db.deleteFrom('bulk_items').where('bulk_id', 'in', old).execute();
  const result = await db.deleteFrom('bulk_restarts').where('ended_at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}

export function noCounts(): BulkCounts {
  return Object.fromEntries(BULK_ITEM_STATES.map((state) => [state, 0])) as BulkCounts;
}

function rowOf(bulk: StoredBulk): BulkRestartsTable {
  return { ...bulk, actor: JSON.stringify(bulk.actor), force: Number(bulk.force) };
}

function bulkOf(row: BulkRestartsTable): StoredBulk {
  return {
    ...row,
    state: row.state as BulkState,
    actor: JSON.parse(row.actor) as EventActor,
    busy: row.busy as StoredBulk['busy'],
    force: row.force === 1,
  };
}
