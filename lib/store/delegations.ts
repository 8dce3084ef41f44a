import { sql } from 'kysely';
import {
  type DelegationEdge,
  type DelegationRow,
  type DelegationState,
  ENDED_DELEGATION_STATES,
  type EndedDelegationState,
} from '#lib/contract/delegations.ts';
import type { Db } from './in-transaction.ts';
import { storableText } from './storable-text.ts';
import type { DelegationsTable } from './tables.ts';

/** What of a row may change. */
export type DelegationChange = Partial<
  Pick<
    DelegationRow,
    'status' | 'response_preview' | 'error' | 'started_at' | 'ended_at' | 'attempts' | 'cancelled' | 'queue_id' | 'response_cut'
  >
>;

/** Answers whether its id is new; else nothing changes. */
export async function insertDelegation(tx: Db, row: DelegationRow): Promise<boolean> {
  const { delegation_id: id, ...rest } = row;
  const result = await tx
    .insertInto('delegations')
    .values({
      ...rest,
      id,
      cancelled: Number(row.cancelled),
      response_cut: Number(row.response_cut),
      summary: storableText(row.summary),
      response_preview: storableText(row.response_preview),
      error: storableText(row.error),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/**
 * The one update of a delegation's row. It never leaves an end: null, and nothing changed, when it has one. Answers the row
 * as it is then.
 */
export async function changeDelegation(tx: Db, id: string, change: DelegationChange, now: number): Promise<DelegationRow | null> {
  const { cancelled, response_cut, error, response_preview, ...rest } = change;
  const row = await tx
    .updateTable('delegations')
    .set({
      ...rest,
      ...(error === undefined ? {} : { error: storableText(error) }),
      ...(response_preview === undefined ? {} : { response_preview: storableText(response_preview) }),
      ...(cancelled === undefined ? {} : { cancelled: Number(cancelled) }),
      ...(response_cut === undefined ? {} : { response_cut: Number(response_cut) }),
      updated_at: now,
    })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row ? delegationOf(row) : null;
}

export async function delegationById(db: Db, id: string): Promise<DelegationRow | null> {
  const row = await db.selectFrom('delegations').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? delegationOf(row) : null;
}

/** Those of a trace that were given first, oldest first. */
export async function delegationsOfTrace(db: Db, traceId: string, limit: number): Promise<DelegationRow[]> {
  const rows = await db.selectFrom('delegations').selectAll().where('trace_id', '=', traceId).orderBy('id').limit(limit).execute();
  return rows.map(delegationOf);
}

/** How many ended in each way at or after `since` (epoch ms). Zeroes are present. */
export async function endedSince(db: Db, since: number): Promise<Record<EndedDelegationState, number>> {
  // Counted in one walk: to group them, SQLite would walk all that ever ended along the index of their states.
  const counts = await db
    .selectFrom('delegations')
    .select(({ fn }) => ENDED_DELEGATION_STATES.map((state) => fn.countAll<number>().filterWhere('status', '=', state).as(state)))
    .where('ended_at', '>=', since)
    .executeTakeFirstOrThrow();
  return { completed: Number(counts.completed), failed: Number(counts.failed), expired: Number(counts.expired) };
}

/** Who asked whom at or after `since` (epoch ms), the busiest first; at most `limit` pairs. */
export async function edgesSince(db: Db, since: number, limit: number): Promise<DelegationEdge[]> {
  // Not the bare columns: SQLite would walk the whole index of one to group by it.
  const [source, target] = [sql<string>`source_id || ''`, sql<string>`target_id || ''`];
  const rows = await db
    .selectFrom('delegations')
    .select((eb) => [
      source.as('source_id'),
      target.as('target_id'),
      eb.fn.countAll<number>().as('count'),
      eb.fn.countAll<number>().filterWhere('ended_at', 'is', null).as('open'),
      eb.fn.countAll<number>().filterWhere('status', 'in', ['failed', 'expired']).as('failed'),
      eb.fn.max('created_at').as('last_at'),
    ])
    .where('created_at', '>=', since)
    .groupBy([source, target])
    .orderBy('count', 'desc')
    .orderBy(source)
    .orderBy(target)
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...row,
    count: Number(row.count),
    open: Number(row.open),
    failed: Number(row.failed),
    last_at: Number(row.last_at),
  }));
}

/** Removes what ended before `before` (epoch ms), with its texts, at most `limit` of it; answers how many. */
export async function pruneDelegations(tx: Db, before: number, limit: number): Promise<number> {
  const old = await tx.selectFrom('delegations').select('id').where('ended_at', '<', before).orderBy('ended_at').limit(limit).execute();
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await tx.deleteFrom('delegation_texts').where('delegation_id', 'in', ids).execute();
  await tx.deleteFrom('delegations').where('id', 'in', ids).execute();
  return ids.length;
}

export function delegationOf({ id, ...row }: DelegationsTable): DelegationRow {
  const { status, origin, cancelled, response_cut, ...rest } = row;
  return {
    delegation_id: id,
    ...rest,
    status: status as DelegationState,
    origin: origin as DelegationRow['origin'],
    cancelled: cancelled === 1,
    response_cut: response_cut === 1,
  };
}
