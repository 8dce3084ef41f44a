import type { ChannelKind, ChannelRules } from '#lib/contract/channels.ts';
import type { Db } from './in-transaction.ts';
import type { ChannelsTable } from './tables.ts';

/** A channel as it is kept. `secret` never leaves the server. */
export interface StoredChannel {
  id: string;
  person_id: string;
  kind: ChannelKind;
  name: string;
  /** Where it goes, without what is secret. */
  target: Record<string, unknown>;
  /** Address, signing secret, password: what `target` leaves out. Null: there is none, or the channel was removed. */
  secret: Record<string, unknown> | null;
  rules: ChannelRules;
  enabled: boolean;
  created_at: number;
  removed_at: number | null;
}

export async function insertChannel(tx: Db, channel: StoredChannel): Promise<void> {
  await tx.insertInto('channels').values(rowOf(channel)).execute();
}

/** A person's own, oldest first; removed ones are left out. */
export async function channelsOf(db: Db, personId: string): Promise<StoredChannel[]> {
  const rows = await db
    .selectFrom('channels')
    .selectAll()
    .where('person_id', '=', personId)
    .where('removed_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(channelOf);
}

/** Also one that was removed. */
export async function channelById(db: Db, id: string): Promise<StoredChannel | null> {
  const row = await db.selectFrom('channels').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? channelOf(row) : null;
}

/** Every one that takes messages, of everybody: at most a few for each person. */
export async function openChannels(db: Db): Promise<StoredChannel[]> {
  const rows = await db.selectFrom('channels').selectAll().where('removed_at', 'is', null).where('enabled', '=', 1).orderBy('id').execute();
  return rows.map(channelOf);
}

export async function saveChannel(tx: Db, channel: StoredChannel): Promise<void> {
  const { id, person_id: _person, kind: _kind, created_at: _created, ...columns } = rowOf(channel);
  await tx.updateTable('channels').set(columns).where('id', '=', id).execute();
}

/** Forgets what was secret at once; the name stays for the log of deliveries. */
export async function removeChannel(tx: Db, id: string, now: number): Promise<void> {
  await tx.updateTable('channels').set({ removed_at: now, enabled: 0, secret: null, target: '{}' }).where('id', '=', id).execute();
}

/** Removes for good what was removed before `before` and of which the log of deliveries holds no line; answers how many. */
export async function pruneChannels(tx: Db, before: number): Promise<number> {
  const result = await tx
    .deleteFrom('channels')
    .where('removed_at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('outbox').select('outbox.id').whereRef('outbox.channel_id', '=', 'channels.id'))),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

function rowOf(channel: StoredChannel): ChannelsTable {
  return {
    ...channel,
    target: JSON.stringify(channel.target),
    secret: channel.secret && JSON.stringify(channel.secret),
    rules: JSON.stringify(channel.rules),
    enabled: Number(channel.enabled),
  };
}

function channelOf(row: ChannelsTable): StoredChannel {
  return {
    ...row,
    kind: row.kind as ChannelKind,
    target: JSON.parse(row.target) as Record<string, unknown>,
    secret: row.secret === null ? null : (JSON.parse(row.secret) as Record<string, unknown>),
    rules: JSON.parse(row.rules) as ChannelRules,
    enabled: row.enabled === 1,
  };
}
