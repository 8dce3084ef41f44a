import { sql, type Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export async function restartTables(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('restart_runs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('bulk_id', 'text')
    .addColumn('group_id', 'text')
    .addColumn('requested_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('rev', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('runs_of_workspace').on('restart_runs').columns(['workspace_id', 'requested_at', 'id']).execute();
  await tx.schema.createIndex('runs_by_time').on('restart_runs').columns(['requested_at', 'id']).execute();
  // What decides when two processes begin a run of the same workspace at once.
  await sql`create unique index one_open_run on restart_runs (workspace_id) where ended_at is null`.execute(tx);
  await sql`create index open_runs_by_time on restart_runs (requested_at, id) where ended_at is null`.execute(tx);
  await tx.schema
    .createTable('restart_steps')
    .addColumn('run_id', 'text', (c) => c.notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('step', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('restart_steps_key', ['run_id', 'position'])
    .execute();
}

export async function messageTable(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('messages')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace_id', 'text', (c) => c.notNull())
    .addColumn('sender_id', 'text')
    .addColumn('sender_name', 'text', (c) => c.notNull())
    .addColumn('lane', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text', (c) => c.notNull())
    .addColumn('request', 'text')
    .addColumn('answer', 'text')
    .addColumn('summary', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'bigint', (c) => c.notNull())
    .addColumn('redelivered', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('delivered_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('why', 'text', (c) => c.notNull())
    .addColumn('run_id', 'text')
    .execute();
  // The same message sent twice is the same message.
  await tx.schema.createIndex('messages_once').unique().on('messages').columns(['workspace_id', 'lane', 'message_id']).execute();
  await tx.schema.createIndex('messages_of_workspace').on('messages').columns(['workspace_id', 'created_at', 'id']).execute();
  await sql`create index messages_open on messages (workspace_id, id) where ended_at is null`.execute(tx);
  await tx.schema.createIndex('messages_ended').on('messages').columns(['ended_at', 'id']).execute();
  await tx.schema.createIndex('messages_of_run').on('messages').columns(['run_id', 'id']).execute();
}

export async function snapshotTable(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('snapshots')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace_id', 'text', (c) => c.notNull())
    .addColumn('run_id', 'text')
    .addColumn('origin', 'text', (c) => c.notNull())
    .addColumn('taken_at', 'bigint', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('boot_id', 'text', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('summary', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('snapshots_of_workspace').on('snapshots').columns(['workspace_id', 'received_at', 'id']).execute();
}

export async function bulkTables(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('bulk_restarts')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('why', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('requested_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('concurrency', 'bigint', (c) => c.notNull())
    .addColumn('busy', 'text', (c) => c.notNull())
    .addColumn('stop_after_failures', 'bigint')
    .addColumn('forgiven', 'bigint', (c) => c.notNull())
    .addColumn('deadline_seconds', 'bigint')
    .addColumn('force', 'bigint', (c) => c.notNull())
    .execute();
  await tx.schema.createIndex('bulk_by_time').on('bulk_restarts').columns(['requested_at', 'id']).execute();
  await tx.schema
    .createTable('bulk_items')
    .addColumn('bulk_id', 'text', (c) => c.notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('workspace_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('run_id', 'text')
    .addColumn('why', 'text', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .addPrimaryKeyConstraint('bulk_items_key', ['bulk_id', 'position'])
    .execute();
}

export async function apiTokenTable(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('api_tokens')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('person_name', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('prefix', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute();
  await tx.schema.createIndex('api_tokens_of_person').on('api_tokens').columns(['person_id', 'created_at', 'id']).execute();
}
