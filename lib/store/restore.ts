import { type Kysely, SqliteDialect, sql } from 'kysely';
import { CanvasError } from '#lib/contract/errors.ts';
import type { BackupOptions } from './backup.ts';
import { type BackupHeader, type BackupRow, backupRows, verifyBackup } from './backup-file.ts';
import type { Db } from './in-transaction.ts';
import { renewLedgerEpoch } from './ledger.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { newId } from './new-id.ts';
import { withOpenLock } from './open-lock.ts';
import { APPLICATION_NAME, postgresStore, unreachable, withAdvisoryLock, withoutPassword } from './open-postgres.ts';
import { makePrivate, sqliteFile, unusable } from './open-sqlite.ts';
import { fromPortable } from './portable-value.ts';
import { sqliteDatabase } from './sqlite-database.ts';
import { type Engine, type Store, storeOn } from './store.ts';
import { isContention } from './store-error.ts';
import { createTable, type TableShape, tableShapes } from './table-shape.ts';
import type { Tables } from './tables.ts';

/** PostgreSQL takes 65,535 parameters in one statement and SQLite 32,766. */
const PARAMETERS_PER_INSERT = 20_000;
const ROWS_PER_INSERT = 200;
/** Tables that have rows from the first moment on. */
const NEVER_EMPTY = new Set(['schema_migrations', 'meta', 'counters']);

export interface RestoreOptions extends BackupOptions {
  /** Put the backup in the place of what the store holds. */
  replace: boolean;
  /** Makes tables that this room does not know, as for `openStore`; without it they are made as the backup describes them. */
  prepare?: ((store: Store) => Promise<void>) | undefined;
}

/**
 * Puts the store back as it was when the backup was made, all or nothing, with its schema brought up to date. The ledger
 * gets a new epoch: browsers that remember a position fetch everything again. Rejects with `bad_request` for a file that
 * is damaged or newer, and with `conflict` when Canvas runs on this store, or when it holds something and `replace` is
 * not set; then nothing has changed.
 */
export async function restoreStore(options: RestoreOptions): Promise<{ tables: number; rows: number }> {
  const { header, rows } = await verifyBackup(options.file);
  refuseNewer(options.file, header);
  await (options.databaseUrl ? restoreIntoPostgres(options, options.databaseUrl, header) : restoreIntoSqlite(options, header));
  return { tables: header.tables.length, rows };
}

async function restoreIntoSqlite(options: RestoreOptions, header: BackupHeader): Promise<void> {
  const file = sqliteFile(options.dataDir);
  try {
    makePrivate(options.dataDir, file);
    await withOpenLock(file, async () => {
      const store = storeOn('sqlite', new SqliteDialect({ database: aloneOn(file) }));
      try {
        await fill(store, options, header);
      } finally {
        await store.close();
      }
    });
  } catch (thrown) {
    throw unusable(thrown, options.dataDir);
  }
}

function aloneOn(file: string) {
  try {
    return sqliteDatabase(file, 'alone');
  } catch (thrown) {
    throw isContention(thrown) ? running(file) : thrown;
  }
}

async function restoreIntoPostgres(options: RestoreOptions, url: string, header: BackupHeader): Promise<void> {
  const shown = withoutPassword(url);
  const store = postgresStore(url, 'canvas-restore');
  try {
    await withAdvisoryLock(store.db, async () => {
      const { rows } = await sql`
        select pid from pg_stat_activity where datname = current_database() and application_name = ${APPLICATION_NAME}`.execute(store.db);
      if (rows.length > 0) throw running(shown);
      await fill(store, options, header);
    });
  } catch (thrown) {
    throw unreachable(thrown, shown);
  } finally {
    await store.close();
  }
}

async function fill(store: Store, options: RestoreOptions, header: BackupHeader): Promise<void> {
  await store.db.transaction().execute(async (tx) => {
    const present = await tableShapes(tx, store.engine);
    if (!options.replace) await refuseFull(tx, present);
    for (const { name } of present)
      await sql`drop table if exists ${sql.table(name)} ${sql.raw(store.engine === 'postgres' ? 'cascade' : '')}`.execute(tx);
    await migrate(tx, MIGRATIONS.slice(0, header.migrations.length));
    const ours = (await tableShapes(tx, store.engine)).filter((table) => table.name !== 'schema_migrations');
    for (const { name } of ours) await sql`delete from ${sql.table(name)}`.execute(tx);
    await options.prepare?.({ ...store, db: tx as Kysely<Tables> });
    const made = new Set((await tableShapes(tx, store.engine)).map((table) => table.name));
    for (const shape of header.tables) if (!made.has(shape.name)) await createTable(tx, store.engine, shape);
    await insertRows(tx, store.engine, options.file, header);
    await migrate(tx, MIGRATIONS);
    await renewLedgerEpoch(tx, newId());
  });
}

async function insertRows(tx: Db, engine: Engine, file: string, header: BackupHeader): Promise<void> {
  const targets = new Map((await tableShapes(tx, engine)).map((shape) => [shape.name, shape]));
  const order = await parentsFirst(tx, engine, header.tables);
  const sources = new Map(header.tables.map((shape) => [shape.name, shape]));
  const inserter = async (rows: BackupRow[]) => {
    const source = sources.get(rows[0]?.table ?? '');
    const target = targets.get(source?.name ?? '');
    if (!source || !target) return;
    const kinds = source.columns.map((column) => kindOf(target, column.name));
    const columns = sql.join(source.columns.map((column) => sql.ref(column.name)));
    const tuples = rows.map(
      ({ values }) => sql`(${sql.join(values.map((value, n) => sql`${fromPortable(value, kinds[n] ?? 'text', engine)}`))})`,
    );
    await sql`insert into ${sql.table(source.name)} (${columns}) values ${sql.join(tuples)}`.execute(tx);
  };
  // Usually one pass; a table that refers to one further down in the file waits for the pass after it.
  for (const names of order) {
    let batch: BackupRow[] = [];
    for await (const row of backupRows(file)) {
      if (!names.has(row.table) || row.table === 'schema_migrations') continue;
      const full = batch.length >= ROWS_PER_INSERT || (batch.length + 1) * row.values.length > PARAMETERS_PER_INSERT;
      if (batch.length > 0 && (full || batch[0]?.table !== row.table)) {
        await inserter(batch);
        batch = [];
      }
      batch.push(row);
    }
    await inserter(batch);
  }
}

function kindOf(target: TableShape, column: string) {
  const found = target.columns.find(({ name }) => name === column);
  if (!found)
    throw new CanvasError(
      'conflict',
      `The backup has the column ${target.name}.${column}, which this Canvas does not know. Restore it with the Canvas that made it.`,
    );
  return found.kind;
}

/** The tables in groups, each after those it refers to. SQLite, alone on its file, does not look at references. */
async function parentsFirst(tx: Db, engine: Engine, tables: readonly TableShape[]): Promise<Set<string>[]> {
  if (engine === 'sqlite') return [new Set(tables.map((table) => table.name))];
  const { rows } = await sql<{ child: string; parent: string }>`
    select c.relname as child, p.relname as parent from pg_constraint f
      join pg_class c on c.oid = f.conrelid join pg_class p on p.oid = f.confrelid
      where f.contype = 'f' and c.oid <> p.oid and c.relnamespace = current_schema()::regnamespace`.execute(tx);
  const groups: Set<string>[] = [];
  let left = tables.map((table) => table.name);
  while (left.length > 0) {
    const free = left.filter((name) => !rows.some(({ child, parent }) => child === name && left.includes(parent)));
    const group = new Set(free.length > 0 ? free : left);
    groups.push(group);
    left = left.filter((name) => !group.has(name));
  }
  return groups;
}

async function refuseFull(tx: Db, present: readonly TableShape[]): Promise<void> {
  for (const { name } of present) {
    if (NEVER_EMPTY.has(name)) continue;
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(tx);
    if (rows.length > 0) {
      throw new CanvasError(
        'conflict',
        `This store already holds data (the table ${name} has rows). Restore into an empty one, or add --replace to lose what it holds.`,
      );
    }
  }
}

function refuseNewer(file: string, header: BackupHeader): void {
  const stranger = header.migrations.find((name, position) => MIGRATIONS[position]?.name !== name);
  if (stranger !== undefined) {
    throw new CanvasError(
      'bad_request',
      `${file} was made by a newer Canvas: its store has had the migration "${stranger}", which this program does not know. Restore it with that Canvas.`,
    );
  }
}

function running(where: string): CanvasError {
  return new CanvasError(
    'conflict',
    `Canvas is running on ${where}; it would overwrite what is restored with what it remembers. Stop it, then restore.`,
  );
}
