import { type Dialect, Kysely, sql } from 'kysely';
import { answering } from './answering-dialect.ts';
import { softly } from './in-transaction.ts';
import { isContention } from './store-error.ts';
import type { Tables } from './tables.ts';

export type Engine = 'sqlite' | 'postgres';

/** For so long a write that worked is taken for granted: whoever asks all the time must not keep the store busy. */
const WRITE_PROVED_MS = 1000;
/** Does not fit beside other rows, so that a full disk refuses it. */
const PROOF = 'x'.repeat(16 * 1024);

export interface Store {
  db: Kysely<Tables>;
  engine: Engine;
  /** Resolves when the store answers a read and takes a write (or is busy with those of others); rejects with `unavailable` when not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function storeOn(engine: Engine, dialect: Dialect): Store {
  const db = new Kysely<Tables>({ dialect: answering(dialect) });
  let provedAt = Number.NEGATIVE_INFINITY;
  let proving: Promise<void> | null = null;
  const prove = async () => {
    await proveWritable({ db, engine });
    provedAt = performance.now();
  };
  return {
    db,
    engine,
    async ping() {
      await sql`select value from counters where name = 'ledger'`.execute(db);
      if (performance.now() - provedAt < WRITE_PROVED_MS) return;
      proving ??= prove().finally(() => {
        proving = null;
      });
      await proving;
    },
    close: () => db.destroy(),
  };
}

/** Committed, because a full disk may be noticed only then; nobody ever sees the row. */
async function proveWritable(store: Pick<Store, 'db' | 'engine'>): Promise<void> {
  try {
    await softly(store, async (tx) => {
      await tx.insertInto('meta').values({ key: 'ping', value: PROOF }).execute();
      await tx.deleteFrom('meta').where('key', '=', 'ping').execute();
    });
  } catch (thrown) {
    if (!isContention(thrown)) throw thrown;
  }
}
