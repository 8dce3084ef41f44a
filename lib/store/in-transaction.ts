import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { asStoreError, isContention } from './store-error.ts';
import type { Tables } from './tables.ts';

/** What a statement runs on: the store's own handle, or the transaction that it is part of. */
export type Db = Kysely<Tables> | Transaction<Tables>;

const ATTEMPTS = 6;
const FIRST_DELAY_MS = 10;

/**
 * Runs `fn` in one transaction, all or nothing. When other writers were in the way it is run again, up to 6 times in
 * about half a second: `fn` must do nothing that cannot be done twice. Inside it use only `tx`: on SQLite the store has
 * one connection, and a call on the outer handle would wait for ever for the transaction that waits for it.
 * Rejects with the `CanvasError` of `asStoreError`, or with what `fn` threw.
 */
export async function inTransaction<T>(store: { db: Kysely<Tables> }, fn: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.db.transaction().execute(fn);
    } catch (thrown) {
      if (!isContention(thrown) || attempt === ATTEMPTS) throw asStoreError(thrown);
      await delay(FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}
