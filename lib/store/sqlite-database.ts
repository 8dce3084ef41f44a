import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Libsql from 'libsql';

const CACHED_STATEMENTS = 256;
/** The pragma too: SQLite may obey one when it is prepared instead of when it is run, and then a kept statement does nothing. */
const TRANSACTION_CONTROL = /^(begin|commit|rollback|pragma (synchronous|busy_timeout) = )/;

interface Pragma {
  name: string;
  value: string;
  /** What SQLite answers when it is asked afterwards. */
  reads: number | string;
}

/**
 * What a connection is for. `serve`: everything. `read`: one consistent look while others write, changing nothing.
 * `alone`: no other connection may exist; leaving the WAL is what SQLite refuses (SQLITE_BUSY) while there is one.
 */
export type SqliteUse = 'serve' | 'read' | 'alone';

/** Set on every connection, and read back: a build that ignores one of them must not be trusted with data. */
const PRAGMAS: Record<SqliteUse, readonly Pragma[]> = {
  serve: [
    { name: 'busy_timeout', value: '5000', reads: 5000 },
    { name: 'journal_mode', value: 'WAL', reads: 'wal' },
    { name: 'synchronous', value: 'FULL', reads: 2 },
    { name: 'foreign_keys', value: 'ON', reads: 1 },
  ],
  read: [
    { name: 'busy_timeout', value: '5000', reads: 5000 },
    { name: 'query_only', value: 'ON', reads: 1 },
  ],
  alone: [
    { name: 'busy_timeout', value: '0', reads: 0 },
    { name: 'foreign_keys', value: 'OFF', reads: 0 },
    { name: 'journal_mode', value: 'DELETE', reads: 'delete' },
    { name: 'synchronous', value: 'FULL', reads: 2 },
  ],
};

/**
 * One libsql connection in the shape that Kysely drives. It keeps prepared statements (three times cheaper than
 * preparing each time) and makes every transaction that may write IMMEDIATE: a deferred one that reads before it writes
 * fails at once, without waiting, when another process wrote in between.
 */
export function sqliteDatabase(file: string, use: SqliteUse = 'serve'): SqliteDatabase {
  const database = new Libsql(file);
  try {
    for (const pragma of PRAGMAS[use]) setPragma(database, pragma);
  } catch (thrown) {
    database.close();
    throw thrown;
  }
  const kept = new Map<string, SqliteStatement>();
  return {
    prepare(sql) {
      const found = kept.get(sql);
      if (found) {
        kept.delete(sql);
        kept.set(sql, found);
        return found;
      }
      if (TRANSACTION_CONTROL.test(sql)) return control(database, sql === 'begin' && use !== 'read' ? 'begin immediate' : sql);
      const made = statement(database, sql, () => kept.delete(sql));
      kept.set(sql, made);
      const oldest = kept.keys().next();
      if (kept.size > CACHED_STATEMENTS && !oldest.done) kept.delete(oldest.value);
      return made;
    },
    close() {
      kept.clear();
      database.close();
    },
  };
}

function setPragma(database: Libsql.Database, { name, value, reads }: Pragma): void {
  database.exec(`PRAGMA ${name} = ${value}`);
  const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>;
  const now = Object.values(row)[0];
  if (now !== reads) throw new Error(`SQLite kept ${name} = ${String(now)} although ${value} was asked for`);
}

/** `exec` and not a kept statement: a BEGIN that met a busy database stays half-open until it is reset. */
function control(database: Libsql.Database, sql: string): SqliteStatement {
  return {
    reader: false,
    run() {
      database.exec(sql);
      return { changes: 0, lastInsertRowid: 0 };
    },
    all: () => [],
    iterate: () => [][Symbol.iterator](),
  };
}

function statement(database: Libsql.Database, sql: string, forget: () => void): SqliteStatement {
  const prepared = database.prepare(sql);
  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      forget();
      throw thrown;
    }
  }
  const all = (parameters: readonly unknown[]) => guarded(() => prepared.all(parameters.map(bindable)));
  return {
    reader: prepared.reader,
    all,
    run: (parameters) => guarded(() => prepared.run(parameters.map(bindable))),
    // Read as a whole: a cursor left half-way would hold its read snapshot, and with it the WAL, until it is collected.
    iterate: (parameters) => all(parameters)[Symbol.iterator](),
  };
}

/** libsql ends the whole process when a boolean is bound, and knows no dates. */
function bindable(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  return value;
}
