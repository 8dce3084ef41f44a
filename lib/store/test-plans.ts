import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, SqliteDialect } from 'kysely';
import type { Db } from './in-transaction.ts';
import { sqliteFile } from './open-sqlite.ts';
import { openStore } from './open-store.ts';
import { sqliteDatabase } from './sqlite-database.ts';
import type { Tables } from './tables.ts';

/** Test support: says how SQLite would carry out what the statements of a room file send, on an empty database. */
export async function openPlans(): Promise<{
  plansOf: (work: (db: Db) => Promise<unknown>) => Promise<string[]>;
  /** The statements themselves. */
  statementsOf: (work: (db: Db) => Promise<unknown>) => Promise<string[]>;
  close: () => Promise<void>;
}> {
  const dataDir = mkdtempSync(join(tmpdir(), 'canvas-plans-'));
  await (await openStore({ dataDir })).close();
  const asked: { sql: string; parameters: readonly unknown[] }[] = [];
  const database = sqliteDatabase(sqliteFile(dataDir));
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }), log: ({ query }) => void asked.push(query) });
  const listen = async (work: (db: Db) => Promise<unknown>) => {
    asked.length = 0;
    await work(db);
    return asked;
  };
  return {
    statementsOf: async (work) => (await listen(work)).map(({ sql }) => sql),
    plansOf: async (work) => {
      return (await listen(work)).flatMap(({ sql, parameters }) =>
        database
          .prepare(`explain query plan ${sql}`)
          .all(parameters)
          .map((row) => (row as { detail: string }).detail),
      );
    },
    close: async () => {
      await db.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
