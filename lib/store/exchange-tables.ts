import { sql, type Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** What delegations and traces add to tables that are there. Columns come one at a time: SQLite adds no two at once. */
export async function exchangeColumns(tx: Transaction<Tables>): Promise<void> {
  for (const { table, column } of [
    { table: 'delegations', column: 'parent_span_id' },
    { table: 'delegations', column: 'queue_id' },
    { table: 'messages', column: 'trace_id' },
    { table: 'messages', column: 'span_id' },
    { table: 'messages', column: 'parent_span_id' },
    { table: 'messages', column: 'delegation_id' },
    { table: 'messages', column: 'branch' },
    { table: 'messages', column: 'activity_id' },
    { table: 'activity', column: 'trace_id' },
    { table: 'activity', column: 'peer_id' },
  ]) {
    await tx.schema.alterTable(table).addColumn(column, 'text').execute();
  }
  for (const column of ['trace_id', 'span_id']) {
    await tx.schema
      .alterTable('delegations')
      .addColumn(column, 'text', (c) => c.notNull().defaultTo(''))
      .execute();
  }
  await tx.schema
    .alterTable('delegations')
    .addColumn('origin', 'text', (c) => c.notNull().defaultTo('platform'))
    .execute();
  for (const column of ['started_at', 'ended_at']) await tx.schema.alterTable('delegations').addColumn(column, 'bigint').execute();
  for (const column of ['expires_at', 'attempts', 'cancelled', 'response_cut']) {
    await tx.schema
      .alterTable('delegations')
      .addColumn(column, 'bigint', (c) => c.notNull().defaultTo(0))
      .execute();
  }
  await tx.schema.createIndex('delegations_by_time').on('delegations').columns(['created_at', 'id']).execute();
  await tx.schema.createIndex('delegations_of_target').on('delegations').columns(['target_id', 'created_at', 'id']).execute();
  await tx.schema.createIndex('delegations_of_trace').on('delegations').columns(['trace_id', 'id']).execute();
  await sql`create index delegations_ended on delegations (ended_at, status) where ended_at is not null`.execute(tx);
  await sql`create index delegations_open on delegations (created_at, id) where ended_at is null`.execute(tx);
  await tx.schema.createIndex('messages_of_trace').on('messages').columns(['trace_id', 'id']).execute();
  await tx.schema.createIndex('activity_by_time').on('activity').columns(['created_at', 'id']).execute();
  await tx.schema.createIndex('activity_of_peer').on('activity').columns(['workspace_id', 'peer_id', 'created_at', 'id']).execute();
  await tx.schema.createIndex('activity_of_origin').on('activity').columns(['workspace_id', 'origin', 'created_at', 'id']).execute();
  // What a workspace noted itself of answers to what it sent: few among all that it received, and read every half minute.
  await sql`create index activity_noted on activity (workspace_id, created_at, id)
    where activity_type = 'a2a_receive' and source_id = workspace_id`.execute(tx);
}

export async function delegationTables(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('delegation_texts')
    .addColumn('delegation_id', 'text', (c) => c.primaryKey())
    .addColumn('task', 'text', (c) => c.notNull())
    .addColumn('response', 'text', (c) => c.notNull())
    .execute();
  await tx.schema
    .createTable('delegation_keys')
    .addColumn('source_id', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('delegation_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('delegation_keys_key', ['source_id', 'key'])
    .execute();
  await tx.schema.createIndex('delegation_keys_by_time').on('delegation_keys').columns(['created_at']).execute();
}

export async function memoryTable(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('memories')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace_id', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('scope', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('memories_of_workspace').on('memories').columns(['workspace_id', 'created_at', 'id']).execute();
}

export async function inboxTables(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('incidents')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('severity', 'text', (c) => c.notNull())
    .addColumn('workspace_id', 'text')
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('count', 'bigint', (c) => c.notNull())
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .addColumn('last_at', 'bigint', (c) => c.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('assignee_id', 'text')
    .addColumn('part_of', 'text')
    .addColumn('rev', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  // What decides when two would open the same incident at once.
  await sql`create unique index one_open_incident on incidents (key) where closed_at is null`.execute(tx);
  await tx.schema.createIndex('incidents_of_key').on('incidents').columns(['key', 'last_at', 'id']).execute();
  await tx.schema.createIndex('incidents_by_time').on('incidents').columns(['last_at', 'id']).execute();
  await tx.schema.createIndex('incidents_of_workspace').on('incidents').columns(['workspace_id', 'last_at', 'id']).execute();
  await tx.schema.createIndex('incidents_of_kind').on('incidents').columns(['kind', 'last_at', 'id']).execute();
  await sql`create index incidents_open on incidents (last_at, id) where closed_at is null`.execute(tx);
  // Holds all that is asked of an incident to know whether somebody has read it: details are long, and stay unread by that.
  await sql`create index incidents_news on incidents (rev, id, workspace_id, kind, part_of) where part_of is null`.execute(tx);
  // The few that need a person, which a page's title counts, among the many that only tell something.
  await sql`create index incidents_alerts on incidents (rev, id, workspace_id, kind, part_of, severity)
    where part_of is null and severity <> 'info'`.execute(tx);
  await sql`create index incidents_of_mass on incidents (part_of) where part_of is not null`.execute(tx);
  await sql`create index incidents_of_assignee on incidents (assignee_id, last_at, id) where assignee_id is not null`.execute(tx);
  await tx.schema
    .createTable('incident_entries')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('incident_id', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('entries_of_incident').on('incident_entries').columns(['incident_id', 'id']).execute();
  await tx.schema
    .createTable('inbox_reads')
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('incident_id', 'text', (c) => c.notNull())
    .addColumn('read_rev', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('inbox_reads_key', ['person_id', 'incident_id'])
    .execute();
  await tx.schema.createIndex('reads_of_incident').on('inbox_reads').columns(['incident_id']).execute();
  await sql`create index unread_again on inbox_reads (person_id, incident_id) where read_rev = 0`.execute(tx);
  await tx.schema
    .createTable('mutes')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('workspace_id', 'text')
    .addColumn('kind', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('until', 'bigint')
    .execute();
  await tx.schema.createIndex('mutes_of_person').on('mutes').columns(['person_id', 'created_at', 'id']).execute();
  await tx.schema
    .createTable('preferences')
    .addColumn('person_id', 'text', (c) => c.primaryKey())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
}

export async function channelTables(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('channels')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('secret', 'text')
    .addColumn('rules', 'text', (c) => c.notNull())
    .addColumn('enabled', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('removed_at', 'bigint')
    .execute();
  await tx.schema.createIndex('channels_of_person').on('channels').columns(['person_id', 'created_at', 'id']).execute();
  await tx.schema
    .createTable('outbox')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('channel_id', 'text', (c) => c.notNull())
    .addColumn('incident_id', 'text')
    .addColumn('about', 'text', (c) => c.notNull())
    .addColumn('dedupe', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('first_at', 'bigint')
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('why', 'text', (c) => c.notNull())
    .execute();
  // One message of a kind about one incident's state to one channel, however often the facts are looked at.
  await tx.schema.createIndex('outbox_once').unique().on('outbox').columns(['channel_id', 'dedupe']).execute();
  await tx.schema.createIndex('outbox_of_channel').on('outbox').columns(['channel_id', 'created_at', 'id']).execute();
  await tx.schema.createIndex('outbox_of_incident').on('outbox').columns(['incident_id', 'id']).execute();
  // Two indexes, each without what the other holds: else the one of what ended would be taken for what has not.
  await sql`create index outbox_ended on outbox (ended_at, id) where ended_at is not null`.execute(tx);
  await sql`create index outbox_due on outbox (due_at, id) where ended_at is null`.execute(tx);
}
