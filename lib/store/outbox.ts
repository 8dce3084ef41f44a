import type { ChannelKind, DeliveryRow, DeliveryState } from '#lib/contract/channels.ts';
import type { Db } from './in-transaction.ts';
import type { OutboxTable } from './tables.ts';

/** One message of the outbox as it is kept. */
export interface OutboxRow extends Omit<OutboxTable, 'state' | 'about'> {
  about: 'opened' | 'again' | 'closed' | 'test';
  state: DeliveryState;
}
export type OutboxChange = Partial<Pick<OutboxRow, 'state' | 'attempts' | 'first_at' | 'due_at' | 'ended_at' | 'why' | 'title'>>;

/** Answers whether it is new: of one channel and `dedupe` there is one, whoever else writes it. */
export async function insertDelivery(tx: Db, row: OutboxRow): Promise<boolean> {
  const result = await tx
    .insertInto('outbox')
    .values(row)
    .onConflict((conflict) => conflict.columns(['channel_id', 'dedupe']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The one that has been due the longest, or will be due first, of channels that are not among `busy`. Null: nothing waits. */
export async function nextDelivery(db: Db, busy: readonly string[]): Promise<OutboxRow | null> {
  let query = db
    .selectFrom('outbox')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('state', '=', 'waiting')
    .orderBy('due_at')
    .orderBy('id')
    .limit(1);
  if (busy.length > 0) query = query.where('channel_id', 'not in', busy);
  return ((await query.executeTakeFirst()) as OutboxRow | undefined) ?? null;
}

/** What was being sent when the platform ended is sent again, under the same id. Before the worker begins. */
export async function putBackSending(tx: Db): Promise<void> {
  await tx.updateTable('outbox').set({ state: 'waiting' }).where('ended_at', 'is', null).where('state', '=', 'sending').execute();
}

export async function changeDelivery(tx: Db, id: string, change: OutboxChange): Promise<void> {
  await tx.updateTable('outbox').set(change).where('id', '=', id).execute();
}

/** So many of the newest say what there is to know of a channel and an incident: repeats come once an hour. */
const MAX_TOLD = 200;

/** What one channel was told, or is to be told, of one incident; the newest 200, newest first. */
export async function toldOf(db: Db, channelId: string, incidentId: string): Promise<OutboxRow[]> {
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .where('channel_id', '=', channelId)
    .orderBy('id', 'desc')
    .limit(MAX_TOLD)
    .execute();
  return rows as OutboxRow[];
}

/** The newest attempt of a channel. */
export async function lastAttempt(db: Db, channelId: string): Promise<Pick<OutboxRow, 'state' | 'why' | 'ended_at' | 'created_at'> | null> {
  const row = await db
    .selectFrom('outbox')
    .select(['state', 'why', 'ended_at', 'created_at'])
    .where('channel_id', '=', channelId)
    .where('attempts', '>', 0)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (row as OutboxRow | undefined) ?? null;
}

type Name = { id: string; name: string; kind: ChannelKind };

/** The log of one channel, newest first. */
export async function deliveriesOfChannel(db: Db, channel: Name, limit: number): Promise<DeliveryRow[]> {
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .where('channel_id', '=', channel.id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => shownDelivery(row as OutboxRow, channel));
}

/** What went to a person's channels of one incident; the newest 200, newest first. */
export async function deliveriesOfIncident(db: Db, incidentId: string, personId: string): Promise<DeliveryRow[]> {
  const rows = await db
    .selectFrom('outbox')
    .innerJoin('channels', 'channels.id', 'outbox.channel_id')
    .selectAll('outbox')
    .select(['channels.name as channel_name', 'channels.kind as channel_kind'])
    .where('outbox.incident_id', '=', incidentId)
    .where('channels.person_id', '=', personId)
    .orderBy('outbox.id', 'desc')
    .limit(MAX_TOLD)
    .execute();
  return rows.map((row) =>
    shownDelivery(row as OutboxRow & typeof row, { id: row.channel_id, name: row.channel_name, kind: row.channel_kind as ChannelKind }),
  );
}

/** Every channel a person had, removed ones too, while the log of deliveries may hold lines of it. */
export async function channelNamesOf(db: Db, personId: string): Promise<Name[]> {
  const rows = await db.selectFrom('channels').select(['id', 'name', 'kind']).where('person_id', '=', personId).execute();
  return rows as Name[];
}

/** Removes what ended before `before`; answers how many. */
export async function pruneOutbox(tx: Db, before: number): Promise<number> {
  const result = await tx.deleteFrom('outbox').where('ended_at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}

export function shownDelivery(row: OutboxRow, channel: Name): DeliveryRow {
  const { id, channel_id, incident_id, about, title, state, attempts, created_at, ended_at, why } = row;
  return {
    ...{ id, channel_id, incident_id, about, title, state, attempts, created_at, ended_at, why },
    channel_name: channel.name,
    channel_kind: channel.kind,
    due_at: ended_at === null ? row.due_at : null,
  };
}
