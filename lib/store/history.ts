import { sql } from 'kysely';
import type { HistoryHour, HistoryMinute } from '#lib/contract/history.ts';
import { hourFromText, hourToText, minutesFromText, minutesToText } from './history-text.ts';
import type { Db } from './in-transaction.ts';
import { upsertBatches } from './upsert-batches.ts';

/** Slots of the rings: a workspace never has more rows than these, however long it lives. */
const MINUTE_SLOTS = 24;
const HOUR_SLOTS = 2160;
const ROWS_PER_CHUNK = 500;
const IDS_PER_READ = 500;

/** The minutes of one hour (hours since the epoch) that are known of a workspace. */
export interface MinutesRow {
  workspace_id: string;
  hour: number;
  minutes: HistoryMinute[];
}

export interface HourRow {
  workspace_id: string;
  summary: HistoryHour;
}

/** Replaces whole hours of minutes. A newer hour takes over the slot of one 24 hours older, never the other way round. */
export async function saveMinutes(db: Db, rows: readonly MinutesRow[]): Promise<void> {
  for (const batch of upsertBatches(rows, (row) => `${row.workspace_id} ${row.hour % MINUTE_SLOTS}`)) {
    await db
      .insertInto('history_minutes')
      .values(
        batch.map((row) => ({
          workspace_id: row.workspace_id,
          slot: row.hour % MINUTE_SLOTS,
          hour: row.hour,
          minutes: minutesToText(row.minutes),
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['workspace_id', 'slot'])
          .doUpdateSet((eb) => ({ hour: eb.ref('excluded.hour'), minutes: eb.ref('excluded.minutes') }))
          .whereRef('excluded.hour', '>=', 'history_minutes.hour'),
      )
      .execute();
  }
}

/** The same for rolled hours; their ring is 90 days long. */
export async function saveHours(db: Db, rows: readonly HourRow[]): Promise<void> {
  for (const batch of upsertBatches(rows, (row) => `${row.workspace_id} ${row.summary.hour % HOUR_SLOTS}`)) {
    await db
      .insertInto('history_hours')
      .values(
        batch.map(({ workspace_id, summary }) => ({
          workspace_id,
          slot: summary.hour % HOUR_SLOTS,
          hour: summary.hour,
          summary: hourToText(summary),
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['workspace_id', 'slot'])
          .doUpdateSet((eb) => ({ hour: eb.ref('excluded.hour'), summary: eb.ref('excluded.summary') }))
          .whereRef('excluded.hour', '>=', 'history_hours.hour'),
      )
      .execute();
  }
}

/** The known minutes of one workspace from the start of `fromHour` on, oldest first. */
export async function minutesOf(db: Db, workspaceId: string, fromHour: number): Promise<HistoryMinute[]> {
  const rows = await db
    .selectFrom('history_minutes')
    .select(['hour', 'minutes'])
    .where('workspace_id', '=', workspaceId)
    .where('hour', '>=', fromHour)
    .orderBy('hour')
    .execute();
  return rows.flatMap((row) => minutesFromText(row.hour, row.minutes));
}

/** The rolled hours of one workspace from `fromHour` on, oldest first. */
export async function hoursOf(db: Db, workspaceId: string, fromHour: number): Promise<HistoryHour[]> {
  const rows = await db
    .selectFrom('history_hours')
    .select(['hour', 'summary'])
    .where('workspace_id', '=', workspaceId)
    .where('hour', '>=', fromHour)
    .orderBy('hour')
    .execute();
  return rows.map((row) => hourFromText(row.hour, row.summary));
}

/**
 * The minutes of all workspaces from the start of `fromHour` on, in chunks, the older hour first; of `ids` only when
 * they are given. Each chunk is a statement of its own: other work gets its turn in between.
 */
export async function* minutesOfAll(db: Db, fromHour: number, ids?: readonly string[]): AsyncGenerator<MinutesRow[]> {
  if (ids) {
    for (let from = 0; from < ids.length; from += IDS_PER_READ) {
      yield await minutesOfThese(db, fromHour, ids.slice(from, from + IDS_PER_READ));
    }
    return;
  }
  let after = { hour: fromHour, workspace_id: '' };
  for (;;) {
    const rows = await db
      .selectFrom('history_minutes')
      .select(['workspace_id', 'hour', 'minutes'])
      .where(sql<boolean>`(hour, workspace_id) > (${after.hour}, ${after.workspace_id})`)
      .orderBy('hour')
      .orderBy('workspace_id')
      .limit(ROWS_PER_CHUNK)
      .execute();
    if (rows.length > 0) yield rows.map(minutesRowOf);
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_PER_CHUNK) return;
    after = last;
  }
}

async function minutesOfThese(db: Db, fromHour: number, ids: readonly string[]): Promise<MinutesRow[]> {
  const rows = await db
    .selectFrom('history_minutes')
    .select(['workspace_id', 'hour', 'minutes'])
    .where('workspace_id', 'in', ids)
    .where('hour', '>=', fromHour)
    .orderBy('hour')
    .orderBy('workspace_id')
    .execute();
  return rows.map(minutesRowOf);
}

function minutesRowOf(row: { workspace_id: string; hour: number; minutes: string }): MinutesRow {
  return { workspace_id: row.workspace_id, hour: row.hour, minutes: minutesFromText(row.hour, row.minutes) };
}
