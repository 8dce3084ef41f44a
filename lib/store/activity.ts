import { sql } from 'kysely';
import type { ActivityQuery, ActivityRow, ActivityType } from '#lib/contract/activity.ts';
import type { Db } from './in-transaction.ts';
import { storableText } from './storable-text.ts';
import type { ActivityTable } from './tables.ts';

/** Rows that are looked through for a text, and how many at a time. */
const SEARCHED = 20_000;
const SEARCHED_AT_ONCE = 1000;

/** `origin`: `canvas` for an operator or the platform, `agent` for a workspace. */
export async function insertActivity(tx: Db, row: ActivityRow, origin: 'canvas' | 'agent'): Promise<void> {
  const { source_id, target_id, workspace_id } = row;
  await tx
    .insertInto('activity')
    .values({
      ...row,
      ...textsOf(row),
      origin,
      peer_id: source_id !== null && source_id !== workspace_id ? source_id : target_id,
      method: storableText(row.method),
      summary: storableText(row.summary),
      duration_ms: wholeMs(row.duration_ms),
      request_body: bodyText(row.request_body),
    })
    .execute();
}

/** What became of what a row tells, once it is known. */
export async function endActivity(
  tx: Db,
  id: string,
  end: Pick<ActivityRow, 'response_body' | 'status' | 'duration_ms' | 'error_detail'>,
): Promise<void> {
  await tx
    .updateTable('activity')
    .set({ ...textsOf(end), duration_ms: wholeMs(end.duration_ms) })
    .where('id', '=', id)
    .execute();
}

/**
 * The activity of one workspace, newest first; with `since_id` what came after that row, oldest first. Null: the workspace
 * has no row of the id in `since_id` or `before_id`, so nobody can say where to go on. `noted`: only what it wrote down
 * itself of answers to what it sent to others.
 */
export async function activityOf(
  db: Db,
  workspaceId: string,
  { q, ...filter }: ActivityQuery & { noted?: boolean },
  now: number,
): Promise<ActivityRow[] | null> {
  if (q === undefined || q.trim() === '') return page(db, workspaceId, filter, now);
  const wanted = q.trim().toLowerCase();
  const found: string[] = [];
  let from = filter;
  for (let searched = 0; searched < SEARCHED; searched += SEARCHED_AT_ONCE) {
    const walk = await walkOf(db, workspaceId, { ...from, limit: SEARCHED_AT_ONCE }, now);
    if (walk === null) return null;
    const rows = await walk.query.select(['id', 'summary', 'error_detail']).execute();
    for (const { id, summary, error_detail } of rows)
      if (found.length < filter.limit && `${summary}\n${error_detail ?? ''}`.toLowerCase().includes(wanted)) found.push(id);
    const last = rows.at(-1);
    if (found.length === filter.limit || rows.length < SEARCHED_AT_ONCE || !last) break;
    from = filter.since_id === undefined ? { ...from, before_id: last.id } : { ...from, since_id: last.id };
  }
  return rowsOf(db, found);
}

/** The rows by which a workspace fetched what it has not answered yet, the oldest message first. */
export async function fetchedActivity(db: Db, workspaceId: string, limit: number): Promise<ActivityRow[]> {
  const rows = await db
    .selectFrom('messages as m')
    .innerJoin('activity as a', 'a.id', 'm.activity_id')
    .selectAll('a')
    .where('m.workspace_id', '=', workspaceId)
    .where('m.ended_at', 'is', null)
    .where('m.state', '=', 'delivering')
    .orderBy('m.id')
    .limit(limit)
    .execute();
  return rows.map(activityOfRow);
}

/** Removes what is older than `before` (epoch ms), about `limit` rows of it; answers how many. */
export async function pruneActivity(tx: Db, before: number, limit: number): Promise<number> {
  const last = await tx
    .selectFrom('activity')
    .select('created_at')
    .where('created_at', '<', before)
    .orderBy('created_at')
    .orderBy('id')
    .offset(limit - 1)
    .limit(1)
    .executeTakeFirst();
  const upTo = last ? last.created_at + 1 : before;
  const result = await tx.deleteFrom('activity').where('created_at', '<', upTo).executeTakeFirst();
  return Number(result.numDeletedRows);
}

type Filter = Omit<ActivityQuery, 'q'> & { noted?: boolean };

async function page(db: Db, workspaceId: string, filter: Filter, now: number): Promise<ActivityRow[] | null> {
  const walk = await walkOf(db, workspaceId, filter, now);
  return walk && (await walk.query.selectAll().execute()).map(activityOfRow);
}

/** Those of these ids, in their order. */
async function rowsOf(db: Db, ids: readonly string[]): Promise<ActivityRow[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('activity').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []).map(activityOfRow);
}

/** The rows that a filter lets through, as a query that selects nothing yet; null: nobody knows where it goes on from. */
async function walkOf(db: Db, workspaceId: string, filter: Filter, now: number) {
  let query = db.selectFrom('activity').where('workspace_id', '=', workspaceId);
  for (const [id, than] of [
    [filter.since_id, sql`>`],
    [filter.before_id, sql`<`],
  ] as const) {
    if (id === undefined) continue;
    const known = await placeOf(db, workspaceId, id);
    if (!known) return null;
    query = query.where(sql<boolean>`(created_at, id) ${than} (${known.created_at}, ${known.id})`);
  }
  const { type, source, peer_id, since_secs, before_ts, noted } = filter;
  // As it stands in the condition of its index.
  if (noted)
    query = query.where(sql<boolean>`activity_type = 'a2a_receive' and source_id = workspace_id`).where('target_id', '!=', workspaceId);
  if (type !== undefined && !noted) query = query.where('activity_type', '=', type);
  if (source !== undefined) query = query.where('origin', '=', source);
  if (peer_id !== undefined) query = query.where('peer_id', '=', peer_id);
  if (since_secs !== undefined) query = query.where('created_at', '>=', Math.floor(now - since_secs * 1000));
  if (before_ts !== undefined) query = query.where('created_at', '<', Math.ceil(before_ts));
  const direction = filter.since_id === undefined ? 'desc' : 'asc';
  return { query: query.orderBy('created_at', direction).orderBy('id', direction).limit(filter.limit) };
}

function placeOf(db: Db, workspaceId: string, id: string) {
  return db
    .selectFrom('activity')
    .select(['created_at', 'id'])
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
}

function textsOf({ response_body, status, error_detail }: Pick<ActivityRow, 'response_body' | 'status' | 'error_detail'>) {
  return { response_body: bodyText(response_body), status: storableText(status), error_detail: storableText(error_detail) };
}

function activityOfRow({ origin: _origin, peer_id: _peer, ...row }: ActivityTable): ActivityRow {
  return {
    ...row,
    activity_type: row.activity_type as ActivityType,
    request_body: bodyFrom(row.request_body),
    response_body: bodyFrom(row.response_body),
  };
}

function wholeMs(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}

function bodyText(body: unknown): string | null {
  return body === null || body === undefined ? null : JSON.stringify(body);
}

function bodyFrom(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown);
}
