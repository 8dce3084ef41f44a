import type { Migration } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { openPostgres } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** Folder of the SQLite file; made when it is missing. */
  dataDir: string;
  /** `postgres://user:password@host:port/database`: PostgreSQL instead of the SQLite file. */
  databaseUrl?: string | undefined;
  /** Makes tables that this room does not know (those of the sign-in library), while no other process opens the store. */
  prepare?: ((store: Store) => Promise<void>) | undefined;
  /** The schema; tests give their own. */
  migrations?: readonly Migration[];
}

/**
 * Opens the store and brings its schema up to date; safe when several processes do so at once, and after one was killed
 * in the middle. Rejects with a `CanvasError`: `bad_request` for a wrong address, `unavailable` for a folder or a server
 * that refuses, `conflict` for a database made by a newer Canvas.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const migrations = options.migrations ?? MIGRATIONS;
  const prepare = options.prepare ?? (async () => {});
  return options.databaseUrl ? openPostgres(options.databaseUrl, migrations, prepare) : openSqlite(options.dataDir, migrations, prepare);
}
