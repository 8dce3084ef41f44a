import { type Dialect, Kysely, sql } from 'kysely';
import { asStoreError } from './store-error.ts';
import type { Tables } from './tables.ts';

export type Engine = 'sqlite' | 'postgres';

export interface Store {
  db: Kysely<Tables>;
  engine: Engine;
  /** Resolves when the store answers a read; rejects with `unavailable` when it does not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function storeOn(engine: Engine, dialect: Dialect): Store {
  const db = new Kysely<Tables>({ dialect });
  return {
    db,
    engine,
    async ping() {
      try {
        await sql`select value from counters where name = 'ledger'`.execute(db);
      } catch (thrown) {
        throw asStoreError(thrown);
      }
    },
    close: () => db.destroy(),
  };
}
