import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CanvasError } from '#lib/contract/errors.ts';
import { readProcess } from './process-table.ts';

interface Owner {
  nonce: string;
  pid: number;
  started: string;
}

/**
 * One owner per file, for as long as the owning process lives. Node has no file locks, so the file names its owner, and
 * the lock of a dead owner is inherited:
 *
 * - `file` exists: owned by whom it names, if that process (pid and start time) lives.
 * - `file.after-<nonce>` exists: somebody is inheriting from the dead owner with that nonce. Creating it is exclusive,
 *   so one heir wins; an heir that died half-way is inherited from in its turn.
 * - An heir that finds `file` changed after its claim came late (the claim it would have lost to is already tidied
 *   away) and withdraws.
 *
 * Waits up to `waitMs` for a living owner to end, since a platform that is being replaced needs a moment; then rejects
 * with `conflict`. Answers how to release it.
 */
export async function acquireProcessLock(file: string, waitMs: number): Promise<() => void> {
  const self = await readProcess(process.pid);
  const mine: Owner = { nonce: randomUUID(), pid: process.pid, started: self?.started ?? '' };
  const draft = `${file}.${mine.nonce}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  const giveUpAt = Date.now() + waitMs;
  try {
    for (;;) {
      const holder = await tryAcquire(file, draft);
      if (holder === null) return () => release(file, mine.nonce);
      if (holder !== 'changed') {
        if (Date.now() >= giveUpAt) {
          throw new CanvasError(
            'conflict',
            `Another Canvas (pid ${holder.pid}) already looks after the processes of ${dirname(file)}: stop it, or give this one another data folder (CANVAS_DATA_DIR).`,
          );
        }
        await delay(100);
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Null: it is ours now. */
async function tryAcquire(file: string, draft: string): Promise<Owner | 'changed' | null> {
  if (createdExclusively(draft, file)) return null;
  const head = readOwner(file);
  if (!head) return 'changed';
  if (await lives(head)) return head;
  for (let dead = head; ; ) {
    const claim = `${file}.after-${dead.nonce}`;
    if (createdExclusively(draft, claim)) {
      if (readOwner(file)?.nonce !== head.nonce) {
        rmSync(claim, { force: true });
        return 'changed';
      }
      renameSync(draft, file);
      for (const name of readdirSync(dirname(file))) {
        if (name.startsWith(`${basename(file)}.after-`)) rmSync(join(dirname(file), name), { force: true });
      }
      return null;
    }
    const heir = readOwner(claim);
    if (!heir) return 'changed';
    if (await lives(heir)) return heir;
    dead = heir;
  }
}

/** A hard link: the file appears at once with its whole content, or not at all because there is one. */
function createdExclusively(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(file: string): Owner | null {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner>;
    return { nonce: String(read.nonce), pid: Number(read.pid), started: String(read.started) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return { nonce: 'unreadable', pid: 0, started: '' };
  }
}

async function lives(owner: Owner): Promise<boolean> {
  if (owner.pid <= 0) return false;
  const row = await readProcess(owner.pid);
  return row !== null && !row.zombie && row.started === owner.started;
}

function release(file: string, nonce: string): void {
  if (readOwner(file)?.nonce === nonce) rmSync(file, { force: true });
}
