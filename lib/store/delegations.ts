import { type SelectQueryBuilder, sql } from 'kysely';
import type { DelegationEdge, DelegationRow, DelegationState } from '#lib/contract/delegations.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Db } from './in-transaction.ts';
import { storableText } from './storable-text.ts';
import type { DelegationsTable, Tables } from './tables.ts';

/** Of all delegations; an absent one filters nothing. */
export interface DelegationFilter {
  states?: readonly DelegationState[] | undefined;
  /** Only such that have not ended: they are found along an index of their own. */
  open?: boolean | undefined;
  ids?: readonly string[] | undefined;
  source?: string | undefined;
  target?: string | undefined;
  /** At either end. */
  workspace?: string | undefined;
  trace?: string | undefined;
  /** In the summary, any case. */
  text?: string | undefined;
}

export interface DelegationPage {
  rows: DelegationRow[];
  /** Cursor of the next, older page; null on the last. */
  next: string | null;
}

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

/** The delegations that a workspace gave, newest first. Rejects with `bad_request` for a cursor that this did not make. */
export function delegationsOf(db: Db, sourceId: string, page: { limit: number; cursor?: string | undefined }): Promise<DelegationPage> {
  return delegationsPage(db, { source: sourceId }, page);
}

/** Those that a filter lets through, newest first. Rejects with `bad_request` for a cursor that this did not make. */
export async function delegationsPage(
  db: Db,
  filter: DelegationFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<DelegationPage> {
  let query = filtered(db.selectFrom('delegations').selectAll(), filter)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) {
    const { created_at, id } = readCursor(cursor);
    query = query.where(sql<boolean>`(created_at, id) < (${created_at}, ${id})`);
  }
  const found = await query.execute();
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows: rows.map(delegationOf), next: last && found.length > rows.length ? cursorAt(last) : null };
}

function filtered(
  query: SelectQueryBuilder<Tables, 'delegations', DelegationsTable>,
  { states, open, ids, source, target, workspace, trace, text }: DelegationFilter,
): SelectQueryBuilder<Tables, 'delegations', DelegationsTable> {
  let some = query;
  if (open === true) some = some.where('ended_at', 'is', null);
  if (states !== undefined) some = some.where('status', 'in', states.length === 0 ? [''] : [...states]);
  if (ids !== undefined) some = some.where('id', 'in', ids.length === 0 ? [''] : [...ids]);
  if (source !== undefined) some = some.where('source_id', '=', source);
  if (target !== undefined) some = some.where('target_id', '=', target);
  if (workspace !== undefined) some = some.where((eb) => eb.or([eb('source_id', '=', workspace), eb('target_id', '=', workspace)]));
  if (trace !== undefined) some = some.where('trace_id', '=', trace);
  if (text === undefined || text === '') return some;
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return some.where(sql<boolean>`lower(summary) like ${pattern} escape '\\'`);
}

/** Those of a trace that were given first, oldest first. */
export async function delegationsOfTrace(db: Db, traceId: string, limit: number): Promise<DelegationRow[]> {
  const rows = await db.selectFrom('delegations').selectAll().where('trace_id', '=', traceId).orderBy('id').limit(limit).execute();
  return rows.map(delegationOf);
}

/** How many ended in each way at or after `since` (epoch ms). */
export async function endedSince(db: Db, since: number): Promise<{ status: DelegationState; count: number }[]> {
  const rows = await db
    .selectFrom('delegations')
    .select((eb) => ['status', eb.fn.countAll<number>().as('count')])
    .where('ended_at', '>=', since)
    .groupBy('status')
    .execute();
  return rows.map(({ status, count }) => ({ status: status as DelegationState, count: Number(count) }));
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

/** Removes what ended before `before` (epoch ms), with its texts; answers how many. */
export async function pruneDelegations(tx: Db, before: number): Promise<number> {
  const old = tx.selectFrom('delegations').select('id').where('ended_at', '<', before);
  await tx.deleteFrom('delegation_texts').where('delegation_id', 'in', old).execute();
  const result = await tx.deleteFrom('delegations').where('ended_at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
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

function cursorAt(row: DelegationsTable): string {
  return Buffer.from(`${row.created_at} ${row.id}`).toString('base64url');
}

function readCursor(cursor: string): { created_at: number; id: string } {
  const [, time, id] = /^(\d{1,15}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (time === undefined || id === undefined || id.includes('\u0000')) {
    throw new CanvasError(
      'bad_request',
      'This cursor is not one that a page of delegations answered with. Ask for the first page, without a cursor.',
    );
  }
  return { created_at: Number(time), id };
}
