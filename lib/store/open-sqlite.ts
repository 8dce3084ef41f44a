import { accessSync, chmodSync, closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteDialect, sql } from 'kysely';
import { CanvasError } from '#lib/contract/errors.ts';
import { type Migration, migrate } from './migrate.ts';
import { withOpenLock } from './open-lock.ts';
import { sqliteDatabase } from './sqlite-database.ts';
import { type Store, storeOn } from './store.ts';
import { engineCodeOf, engineErrorOf } from './store-error.ts';

export function sqliteFile(dataDir: string): string {
  return join(dataDir, 'canvas.db');
}

/** Opens `<dataDir>/canvas.db` (folder 0700, file 0600) with its schema up to date. */
export async function openSqlite(
  dataDir: string,
  migrations: readonly Migration[],
  prepare: (store: Store) => Promise<void>,
): Promise<Store> {
  const file = sqliteFile(dataDir);
  try {
    makePrivate(dataDir, file);
    return await withOpenLock(file, () => openLocked(file, migrations, prepare));
  } catch (thrown) {
    throw unusable(thrown, dataDir);
  }
}

/**
 * How long a statement may hold the whole process while another one has the file locked, once Canvas serves. The longer
 * wait is that of `inTransaction`, between attempts; opening and migrating wait 5 s at a time.
 */
const SERVING_BUSY_MS = 20;

/** The caller holds the lock. */
async function openLocked(file: string, migrations: readonly Migration[], prepare: (store: Store) => Promise<void>): Promise<Store> {
  const store = storeOn('sqlite', new SqliteDialect({ database: sqliteDatabase(file) }));
  try {
    await migrate(store.db, migrations);
    await prepare(store);
    await sql`pragma busy_timeout = ${sql.lit(SERVING_BUSY_MS)}`.execute(store.db);
    return store;
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

/** SQLite gives its -wal and -shm files the mode of the database file, so that one must exist with it first. */
export function makePrivate(dataDir: string, file: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  closeSync(openSync(file, 'a', 0o600));
  for (const path of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(path)) chmodSync(path, 0o600);
  accessSync(dataDir, constants.W_OK | constants.X_OK);
}

/** What opening threw, as an answer that names the folder; anything else comes back as it is. */
export function unusable(failed: unknown, dataDir: string): unknown {
  const thrown = engineErrorOf(failed);
  if (thrown instanceof CanvasError) return thrown;
  const code = engineCodeOf(thrown);
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return new CanvasError(
      'unavailable',
      `${sqliteFile(dataDir)} is not a SQLite database, or it is damaged (${said}). Move it aside and restore a backup.`,
    );
  }
  if (code.startsWith('SQLITE_') || said.startsWith('ConnectionFailed') || (thrown as NodeJS.ErrnoException).syscall !== undefined) {
    return new CanvasError(
      'unavailable',
      `The data folder ${dataDir} cannot be used (${said}). Make it a folder that this user may write, or name another one with CANVAS_DATA_DIR.`,
    );
  }
  return thrown;
}
