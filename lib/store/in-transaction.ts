import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Store } from './store.ts';
import { asStoreError, isContention } from './store-error.ts';
import type { Tables } from './tables.ts';

/** What a statement runs on: the store's own handle, or the transaction that it is part of. */
export type Db = Kysely<Tables> | Transaction<Tables>;

/** As long as SQLite itself would wait; but this wait leaves the process free for everything else. */
const WAIT_MS = 5000;
const FIRST_DELAY_MS = 10;
const LONGEST_DELAY_MS = 200;

/**
 * Runs `fn` in one transaction, all or nothing. When other writers were in the way it is run again, for up to
 * 5 seconds: `fn` must do nothing that cannot be done twice. Inside it use only `tx`: on SQLite the store has
 * one connection, and a call on the outer handle would wait for ever for the transaction that waits for it.
 * Rejects with the `CanvasError` of `asStoreError`, or with what `fn` threw.
 */
export function inTransaction<T>(store: { db: Kysely<Tables> }, fn: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  return asOftenAsNeeded(() => store.db.transaction().execute(fn));
}

/**
 * The same, but its commit does not wait for the disk: it outlives a kill of this process, and is on the disk with the
 * next ordinary transaction or within moments, but a power cut may take it. For what is written late anyway. On SQLite the
 * wait would hold the whole process for each commit, milliseconds on an idle disk and tenths of a second on a busy one.
 */
export function inSoftTransaction<T>(store: Pick<Store, 'db' | 'engine'>, fn: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  return asOftenAsNeeded(() => softly(store, fn));
}

/** One attempt at a soft transaction: other writers in the way refuse it at once. */
export function softly<T>(store: Pick<Store, 'db' | 'engine'>, fn: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  if (store.engine === 'postgres') {
    return store.db.transaction().execute(async (tx) => {
      await sql`set local synchronous_commit = off`.execute(tx);
      return fn(tx);
    });
  }
  // The setting belongs to the connection and cannot change within a transaction; nobody else has it meanwhile.
  return store.db.connection().execute(async (connection) => {
    await sql`pragma synchronous = normal`.execute(connection);
    try {
      return await connection.transaction().execute(fn);
    } finally {
      await sql`pragma synchronous = full`.execute(connection);
    }
  });
}

async function asOftenAsNeeded<T>(attemptOnce: () => Promise<T>): Promise<T> {
  const until = performance.now() + WAIT_MS;
  for (let pause = FIRST_DELAY_MS; ; pause = Math.min(pause * 2, LONGEST_DELAY_MS)) {
    try {
      return await attemptOnce();
    } catch (thrown) {
      if (!isContention(thrown) || performance.now() > until) throw asStoreError(thrown);
      await delay(pause * (0.5 + Math.random()));
    }
  }
}
