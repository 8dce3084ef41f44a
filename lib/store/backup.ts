import { existsSync } from 'node:fs';
import { SqliteDialect, sql } from 'kysely';
import { CanvasError } from '#lib/contract/errors.ts';
import { type BackupHeader, FORMAT, writeBackup } from './backup-file.ts';
import type { Db } from './in-transaction.ts';
import { appliedMigrations } from './migrate.ts';
import { postgresStore, unreachable, withoutPassword } from './open-postgres.ts';
import { sqliteFile, unusable } from './open-sqlite.ts';
import { toPortable } from './portable-value.ts';
import { sqliteDatabase } from './sqlite-database.ts';
import { type Engine, type Store, storeOn } from './store.ts';
import { type TableShape, tableShapes } from './table-shape.ts';

const ROWS_PER_READ = 1000;

export interface BackupOptions {
  dataDir: string;
  databaseUrl?: string | undefined;
  /** Where the backup is, or goes. */
  file: string;
}

/**
 * Copies every table of the store into `file`, as all of them were at one moment, while Canvas goes on writing. The
 * file restores into either engine. It holds secrets: it is readable by its owner only.
 */
export async function backupStore(options: BackupOptions): Promise<{ tables: number; rows: number }> {
  const store = openToRead(options);
  try {
    // One snapshot for everything: a read transaction on SQLite's WAL, repeatable read on PostgreSQL.
    const reading =
      store.engine === 'postgres'
        ? store.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
        : store.db.transaction();
    return await reading.execute((tx) => copy(tx, store.engine, options.file));
  } catch (thrown) {
    throw options.databaseUrl ? unreachable(thrown, withoutPassword(options.databaseUrl)) : unusable(thrown, options.dataDir);
  } finally {
    await store.close();
  }
}

function openToRead({ dataDir, databaseUrl }: BackupOptions): Store {
  if (databaseUrl) {
    withoutPassword(databaseUrl);
    return postgresStore(databaseUrl, 'canvas-backup');
  }
  const file = sqliteFile(dataDir);
  if (!existsSync(file)) throw nothingThere(file);
  return storeOn('sqlite', new SqliteDialect({ database: sqliteDatabase(file, 'read') }));
}

async function copy(tx: Db, engine: Engine, file: string): Promise<{ tables: number; rows: number }> {
  const tables = await tableShapes(tx, engine);
  if (!tables.some((table) => table.name === 'schema_migrations')) throw nothingThere('the database');
  const header: BackupHeader = { canvas_backup: FORMAT, made_at: Date.now(), migrations: await appliedMigrations(tx), tables };
  let rows = 0;
  async function* lines(): AsyncGenerator<unknown> {
    yield header;
    for (const table of tables) {
      yield { table: table.name };
      for await (const row of rowsOf(tx, engine, table)) {
        rows += 1;
        yield row;
      }
    }
    yield { rows };
  }
  await writeBackup(file, lines());
  return { tables: tables.length, rows };
}

/** All rows of a table, a thousand at a time. */
async function* rowsOf(tx: Db, engine: Engine, table: TableShape): AsyncGenerator<unknown[]> {
  const names = table.columns.map((column) => column.name);
  const columns = sql.join(names.map((name) => sql.ref(name)));
  const from = sql.table(table.name);
  if (engine === 'postgres') await sql`declare rows_to_copy no scroll cursor for select ${columns} from ${from}`.execute(tx);
  for (let last = -Number.MAX_SAFE_INTEGER; ; ) {
    const { rows } =
      engine === 'postgres'
        ? await sql<Record<string, unknown>>`fetch ${sql.lit(ROWS_PER_READ)} from rows_to_copy`.execute(tx)
        : await sql<Record<string, unknown>>`
            select rowid as "rowid of copy", ${columns} from ${from} where rowid > ${last} order by rowid limit ${ROWS_PER_READ}`.execute(
            tx,
          );
    for (const row of rows) yield names.map((name) => toPortable(row[name]));
    last = Number(rows.at(-1)?.['rowid of copy'] ?? 0);
    if (rows.length < ROWS_PER_READ) break;
  }
  if (engine === 'postgres') await sql`close rows_to_copy`.execute(tx);
}

function nothingThere(where: string): CanvasError {
  return new CanvasError(
    'not_found',
    `There is no store of Canvas in ${where}, so there is nothing to back up. Name its folder with CANVAS_DATA_DIR, or its database with DATABASE_URL.`,
  );
}
