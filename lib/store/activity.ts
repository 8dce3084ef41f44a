import { sql } from 'kysely';
import type { ActivityQuery, ActivityRow, ActivityType } from '#lib/contract/activity.ts';
import type { Db } from './in-transaction.ts';
import { storableText } from './storable-text.ts';
import type { ActivityTable } from './tables.ts';

/** `origin`: `canvas` for an operator or the platform, `agent` for the workspace itself. */
export async function insertActivity(tx: Db, row: ActivityRow, origin: 'canvas' | 'agent'): Promise<void> {
  await tx
    .insertInto('activity')
    .values({
      ...row,
      origin,
      method: storableText(row.method),
      summary: storableText(row.summary),
      status: storableText(row.status),
      error_detail: storableText(row.error_detail),
      duration_ms: row.duration_ms === null ? null : Math.round(row.duration_ms),
      request_body: bodyText(row.request_body),
      response_body: bodyText(row.response_body),
    })
    .execute();
}

/**
 * The activity of one workspace, newest first; with `since_id` what came after that row, oldest first. Null: the
 * workspace has no row of that id, so nobody can say what came after it. `before_ts` is in epoch milliseconds.
 */
export async function activityOf(db: Db, workspaceId: string, filter: ActivityQuery, now: number): Promise<ActivityRow[] | null> {
  let query = db.selectFrom('activity').selectAll().where('workspace_id', '=', workspaceId);
  if (filter.since_id !== undefined) {
    const since = await db
      .selectFrom('activity')
      .select(['created_at', 'id'])
      .where('id', '=', filter.since_id)
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirst();
    if (!since) return null;
    query = query.where(sql<boolean>`(created_at, id) > (${since.created_at}, ${since.id})`);
  }
  const { type, source, peer_id, since_secs, before_ts } = filter;
  if (type !== undefined) query = query.where('activity_type', '=', type);
  if (source !== undefined) query = query.where('origin', '=', source);
  if (peer_id !== undefined) query = query.where((eb) => eb.or([eb('source_id', '=', peer_id), eb('target_id', '=', peer_id)]));
  if (since_secs !== undefined) query = query.where('created_at', '>=', Math.floor(now - since_secs * 1000));
  if (before_ts !== undefined) query = query.where('created_at', '<', Math.ceil(before_ts));
  const direction = filter.since_id === undefined ? 'desc' : 'asc';
  const rows = await query.orderBy('created_at', direction).orderBy('id', direction).limit(filter.limit).execute();
  return rows.map(activityOfRow);
}

function activityOfRow({ origin: _origin, ...row }: ActivityTable): ActivityRow {
  return {
    ...row,
    activity_type: row.activity_type as ActivityType,
    request_body: bodyFrom(row.request_body),
    response_body: bodyFrom(row.response_body),
  };
}

function bodyText(body: unknown): string | null {
  return body === null || body === undefined ? null : JSON.stringify(body);
}

function bodyFrom(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown);
}
