import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import Libsql from 'libsql';
import { CanvasError } from '#lib/contract/errors.ts';
import { isContention } from './store-error.ts';

const WAIT_MS = 60_000;
const ASK_EVERY_MS = 20;

/**
 * Runs `work` while no other process opens, migrates or restores the SQLite database `file`. The lock is an exclusive
 * transaction on an empty database beside it: the operating system frees it when the process ends, however it ends, so
 * that it is never stale. A lock file with a pid in it was rejected: after a kill it has to be guessed whether it holds.
 */
export async function withOpenLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const path = `${file}.lock`;
  closeSync(openSync(path, 'a', 0o600));
  const lock = new Libsql(path);
  try {
    lock.exec('PRAGMA busy_timeout = 0');
    await acquire(lock, path);
    return await work();
  } finally {
    lock.close();
  }
}

async function acquire(lock: Libsql.Database, path: string): Promise<void> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return;
    } catch (thrown) {
      if (!isContention(thrown)) throw thrown;
      if (Date.now() > until) {
        throw new CanvasError(
          'unavailable',
          `Another process has been opening or restoring this store for ${WAIT_MS / 1000} s (it holds ${path}). Wait for it or end it, then start again.`,
        );
      }
      await delay(ASK_EVERY_MS);
    }
  }
}
