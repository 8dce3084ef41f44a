import { type Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { CanvasError } from '#lib/contract/errors.ts';
import { type Migration, migrate } from './migrate.ts';
import { type Store, storeOn } from './store.ts';
import { engineCodeOf, engineErrorOf } from './store-error.ts';
import type { Tables } from './tables.ts';

const POOL_MAX = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_WAIT = '60s';
/** Any number, the same in every Canvas; advisory locks belong to one database. */
const OPEN_LOCK = 20_250_101;

/** BIGINT, and what COUNT and SUM make of it, as numbers: all of ours are far below 2^53. */
const numberTypes = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (numberTypes.has(oid) && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format)),
};

/** Connections of this name in `pg_stat_activity` mean that a Canvas runs on the database. */
export const APPLICATION_NAME = 'canvas';

/** Opens the PostgreSQL database at `url` with its schema up to date. */
export async function openPostgres(
  url: string,
  migrations: readonly Migration[],
  prepare: (store: Store) => Promise<void>,
): Promise<Store> {
  const shown = withoutPassword(url);
  const store = postgresStore(url, APPLICATION_NAME);
  try {
    await withAdvisoryLock(store.db, async () => {
      await migrate(store.db, migrations);
      await prepare(store);
    });
    return store;
  } catch (thrown) {
    await store.close();
    throw unreachable(thrown, shown);
  }
}

export function postgresStore(url: string, applicationName: string): Store {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max: POOL_MAX,
    // Kept open for as long as Canvas runs, so that a restore can see that it does.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    types,
  });
  // An idle connection that the server ended leaves the pool by itself; unheard, its error would end the process.
  pool.on('error', () => {});
  // So would that of one that a transaction holds between two statements; the next statement rejects with it.
  pool.on('connect', (client) => client.on('error', () => {}));
  return storeOn('postgres', new PostgresDialect({ pool }));
}

/** The server frees the lock when the connection of its holder ends, so that a killed process never leaves it behind. */
export async function withAdvisoryLock<T>(db: Kysely<Tables>, work: () => Promise<T>): Promise<T> {
  return db.connection().execute(async (holder) => {
    await sql`select set_config('lock_timeout', ${LOCK_WAIT}, false), set_config('statement_timeout', '0', false)`.execute(holder);
    await sql`select pg_advisory_lock(${sql.lit(OPEN_LOCK)})`.execute(holder);
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(${sql.lit(OPEN_LOCK)}), set_config('lock_timeout', '0', false), set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, false)`.execute(
        holder,
      );
    }
  });
}

/** The address for a message. Rejects what is no PostgreSQL address without repeating it: it may hold a password. */
export function withoutPassword(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'postgres:' && parsed?.protocol !== 'postgresql:') {
    throw new CanvasError(
      'bad_request',
      'The database address is not of the form postgres://user:password@host:port/database. Correct DATABASE_URL, or remove it to use the built-in SQLite store.',
    );
  }
  parsed.password = '';
  parsed.searchParams.delete('password');
  return parsed.href;
}

/** What connecting threw, as an answer that names the server; anything else comes back as it is. */
export function unreachable(failed: unknown, shown: string): unknown {
  const thrown = engineErrorOf(failed);
  if (thrown instanceof CanvasError) return thrown;
  const code = engineCodeOf(thrown);
  const said = thrown instanceof Error && thrown.message !== '' ? thrown.message : code;
  const connecting = code.startsWith('E') || /^(08|28|3D|53|57P)/.test(code) || /connect|terminated/i.test(said);
  if (connecting) {
    return new CanvasError(
      'unavailable',
      `PostgreSQL at ${shown} refused the connection (${said}). Check that the server runs, and the user, the password and the database name in DATABASE_URL.`,
    );
  }
  if (code === '55P03') {
    return new CanvasError(
      'unavailable',
      `Another process has been opening or restoring the database at ${shown} for ${LOCK_WAIT}. Wait for it or end it, then start again.`,
    );
  }
  if (code === '42501') {
    return new CanvasError(
      'unavailable',
      `PostgreSQL at ${shown} does not let this user make tables (${said}). Give it CREATE on the schema.`,
    );
  }
  return thrown;
}
