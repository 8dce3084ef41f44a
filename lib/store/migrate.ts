import type { Transaction } from 'kysely';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Db } from './in-transaction.ts';
import type { Tables } from './tables.ts';

/** One step of the schema. Once released a step never changes; its name stands in every database that had it. */
export interface Migration {
  name: string;
  /** Runs in a transaction of its own, on either engine. */
  up(tx: Transaction<Tables>): Promise<void>;
}

/**
 * Brings the schema up to the end of `migrations`. Each step and the note that it is done are one transaction, so that
 * a process killed at any moment leaves either nothing of a step or all of it; given a transaction, all of them are
 * part of that one. The caller holds the lock that keeps other processes away. Rejects with `conflict` when the database knows a step that this program does not.
 */
export async function migrate(db: Db, migrations: readonly Migration[]): Promise<void> {
  await db.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .execute();
  const done = await appliedMigrations(db);
  refuseStranger(done, migrations);
  for (const [position, migration] of migrations.entries()) {
    if (position < done.length) continue;
    const step = async (tx: Transaction<Tables>) => {
      await migration.up(tx);
      await tx.insertInto('schema_migrations').values({ position, name: migration.name, applied_at: Date.now() }).execute();
    };
    await (isTransaction(db) ? step(db) : db.transaction().execute(step));
  }
}

/** Names of the steps this database has had, oldest first. */
export async function appliedMigrations(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('schema_migrations').select('name').orderBy('position').execute();
  return rows.map((row) => row.name);
}

function isTransaction(db: Db): db is Transaction<Tables> {
  return db.isTransaction;
}

function refuseStranger(done: readonly string[], migrations: readonly Migration[]): void {
  const stranger = done.find((name, position) => migrations[position]?.name !== name);
  if (stranger === undefined) return;
  throw new CanvasError(
    'conflict',
    `This database was made by a newer Canvas: it has had the migration "${stranger}", which this program does not know. Start the newer Canvas, or restore a backup made by this one.`,
  );
}
