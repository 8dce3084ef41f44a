import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { channelTables, delegationTables, exchangeColumns, inboxTables, memoryTable } from './exchange-tables.ts';
import type { Migration } from './migrate.ts';
import { apiTokenTable, bulkTables, messageTable, restartTables, snapshotTable } from './restart-tables.ts';
import type { Tables } from './tables.ts';

/**
 * The schema, as steps that both engines take: text, integers as BIGINT (SQLite keeps them as INTEGER), JSON as text.
 * There are no foreign keys between the tables: a workspace is marked as removed and its rows stay.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: '001-first-schema',
    async up(tx) {
      await ledgerTables(tx);
      await workspaceTables(tx);
      await accessTables(tx);
      await historyTables(tx);
      await delegationTable(tx);
      await activityTable(tx);
    },
  },
  {
    name: '002-restarts',
    async up(tx) {
      await tx.schema
        .alterTable('workspaces')
        .addColumn('wake_on_message', 'bigint', (c) => c.notNull().defaultTo(0))
        .execute();
      await restartTables(tx);
      await messageTable(tx);
      await snapshotTable(tx);
      await bulkTables(tx);
      await apiTokenTable(tx);
    },
  },
  {
    name: '003-exchange',
    async up(tx) {
      await exchangeColumns(tx);
      await delegationTables(tx);
      await memoryTable(tx);
      await inboxTables(tx);
      await channelTables(tx);
    },
  },
  {
    name: '004-followed-tasks',
    async up(tx) {
      await tx.schema.alterTable('messages').addColumn('task_id', 'text').execute();
    },
  },
  {
    name: '005-delegation-lists',
    async up(tx) {
      await sql`create index delegations_of_state on delegations (status, created_at, id) where ended_at is not null`.execute(tx);
    },
  },
  {
    name: '006-long-answers',
    async up(tx) {
      await tx.schema.alterTable('messages').addColumn('outcome', 'text').execute();
    },
  },
];

async function ledgerTables(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('meta')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
  await tx.schema
    .createTable('counters')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'bigint', (c) => c.notNull())
    .execute();
  await tx.insertInto('meta').values({ key: 'ledger_epoch', value: randomUUID() }).execute();
  await tx.insertInto('counters').values({ name: 'ledger', value: 0 }).execute();
  await tx.schema
    .createTable('ledger')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('workspace_id', 'text')
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('ledger_of_workspace').on('ledger').columns(['workspace_id', 'seq']).execute();
  await tx.schema
    .createTable('audit')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('verb', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('workspace_id', 'text')
    .addColumn('detail', 'text', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('audit_by_time').on('audit').columns(['at', 'id']).execute();
}

async function workspaceTables(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('workspaces')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text')
    .addColumn('parent_id', 'text')
    .addColumn('runtime', 'text')
    .addColumn('provisioner', 'text', (c) => c.notNull())
    .addColumn('delivery_mode', 'text', (c) => c.notNull())
    .addColumn('url', 'text')
    .addColumn('labels', 'text', (c) => c.notNull())
    .addColumn('config', 'text', (c) => c.notNull())
    .addColumn('agent_card', 'text')
    .addColumn('inbound_secret', 'text', (c) => c.notNull())
    .addColumn('desired', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('removed_at', 'bigint')
    .execute();
  // One name under one parent, for the living: what decides when two processes create the same name at once.
  await sql`create unique index workspaces_name_under_parent on workspaces (coalesce(parent_id, ''), name) where removed_at is null`.execute(
    tx,
  );
  await tx.schema
    .createTable('workspace_facts')
    .addColumn('workspace_id', 'text', (c) => c.primaryKey())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('saved_at', 'bigint', (c) => c.notNull())
    .execute();
}

async function accessTables(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('tokens')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace_id', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('prefix', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_used_at', 'bigint')
    .addColumn('expires_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute();
  await tx.schema.createIndex('tokens_of_workspace').on('tokens').columns(['workspace_id', 'created_at', 'id']).execute();
  await tx.schema
    .createTable('join_codes')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('workspace_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('used_at', 'bigint')
    .execute();
}

async function historyTables(tx: Transaction<Tables>): Promise<void> {
  for (const { table, column } of [
    { table: 'history_minutes', column: 'minutes' },
    { table: 'history_hours', column: 'summary' },
  ]) {
    await tx.schema
      .createTable(table)
      .addColumn('workspace_id', 'text', (c) => c.notNull())
      .addColumn('slot', 'integer', (c) => c.notNull())
      .addColumn('hour', 'bigint', (c) => c.notNull())
      .addColumn(column, 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint(`${table}_key`, ['workspace_id', 'slot'])
      .execute();
  }
  await tx.schema.createIndex('history_minutes_by_hour').on('history_minutes').columns(['hour', 'workspace_id']).execute();
}

async function delegationTable(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('delegations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('source_id', 'text', (c) => c.notNull())
    .addColumn('target_id', 'text', (c) => c.notNull())
    .addColumn('summary', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('response_preview', 'text', (c) => c.notNull())
    .addColumn('error', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('delegations_of_source').on('delegations').columns(['source_id', 'created_at', 'id']).execute();
}

async function activityTable(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('activity')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace_id', 'text', (c) => c.notNull())
    .addColumn('activity_type', 'text', (c) => c.notNull())
    .addColumn('origin', 'text', (c) => c.notNull())
    .addColumn('source_id', 'text')
    .addColumn('target_id', 'text')
    .addColumn('method', 'text')
    .addColumn('summary', 'text', (c) => c.notNull())
    .addColumn('request_body', 'text')
    .addColumn('response_body', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('duration_ms', 'bigint')
    .addColumn('error_detail', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('activity_of_workspace').on('activity').columns(['workspace_id', 'created_at', 'id']).execute();
  await tx.schema.createIndex('activity_of_type').on('activity').columns(['workspace_id', 'activity_type', 'created_at', 'id']).execute();
}
