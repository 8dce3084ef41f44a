import { randomUUID } from 'node:crypto';
import { link, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CanvasError } from '#lib/contract/errors.ts';
import { readTextFile } from './private-file.ts';
import { processStart } from './process-start.ts';

const PREFIX = 'runtime.lock.';
const POLL_MS = 50;
/** For a holder that is just ending, as when a supervisor replaces it. */
const WAIT_MS = 2000;

/** What holds a folder: a runtime that somebody keeps running, or one that lives as long as a session of an MCP client. */
type HolderKind = 'runtime' | 'mcp';

/**
 * Makes this process the only runtime of a workspace folder until it ends; nothing else frees the folder, so nothing can
 * be left behind that blocks. Node has no file locks, so files `runtime.lock.<number>` name processes by pid and start, and their kind:
 *
 * - The holder is whom the highest number names, if that process lives. A killed one holds nothing.
 * - A file is made by a hard link, at once with its whole text; of many that make the same number one wins.
 * - The highest is never deleted, those below it are. Who made one from a listing that was already old finds a higher
 *   one when looking again, and withdraws.
 *
 * A holder in another container counts as ended, since its pid means nothing here. Windows tells nobody when a process
 * started: there the folder is not locked.
 *
 * Rejects with `bad_request` when another living process still holds it after 2 s.
 */
export async function holdFolder(
  folder: string,
  workspaceId: string,
  { kind, waitMs = WAIT_MS }: { kind: HolderKind; waitMs?: number },
): Promise<void> {
  if (process.platform === 'win32') return;
  const draft = join(folder, `runtime.draft.${randomUUID()}`);
  await writeFile(draft, JSON.stringify({ pid: process.pid, started: await processStart(process.pid), kind }), { mode: 0o600 });
  const giveUpAt = performance.now() + waitMs;
  try {
    for (;;) {
      const holder = await tryToHold(folder, draft);
      if (holder === null) return;
      if (holder !== 'changed' && performance.now() >= giveUpAt)
        throw new CanvasError(
          'bad_request',
          `folder: another runtime (pid ${holder}) already runs workspace ${workspaceId} in ${folder}: end that one first ("kill ${holder}"), or leave it at work. For a second agent create a second workspace and give its --id`,
        );
      if (holder !== 'changed') await wait(POLL_MS);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** The kind of the living process that holds the folder; null: nobody does. */
export async function folderHolder(folder: string): Promise<HolderKind | null> {
  const highest = Math.max(0, ...(await numbers(folder)));
  return highest === 0 ? null : ((await livingOwner(fileOf(folder, highest)))?.kind ?? null);
}

/** Null: held by us. A pid: by that process. */
async function tryToHold(folder: string, draft: string): Promise<number | 'changed' | null> {
  const highest = Math.max(0, ...(await numbers(folder)));
  const holder = highest === 0 ? null : await livingOwner(fileOf(folder, highest));
  if (holder !== null) return holder.pid;
  const mine = highest + 1;
  try {
    await link(draft, fileOf(folder, mine));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return 'changed';
    throw thrown;
  }
  const all = await numbers(folder);
  if (all.some((number) => number > mine)) {
    await rm(fileOf(folder, mine), { force: true });
    return 'changed';
  }
  await Promise.all(all.filter((number) => number < mine).map((number) => rm(fileOf(folder, number), { force: true })));
  return null;
}

const fileOf = (folder: string, number: number) => join(folder, `${PREFIX}${number}`);

async function numbers(folder: string): Promise<number[]> {
  return (await readdir(folder))
    .map((name) => Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : 0))
    .filter(Number.isSafeInteger);
}

/** Null when it has ended, or when the file does not say who it is. */
async function livingOwner(file: string): Promise<{ pid: number; kind: HolderKind } | null> {
  const owner = parsed(await readTextFile(file));
  const pid = Number(owner?.pid);
  if (!Number.isSafeInteger(pid) || pid <= 0 || typeof owner?.started !== 'string') return null;
  return (await processStart(pid)) === owner.started ? { pid, kind: owner.kind === 'mcp' ? 'mcp' : 'runtime' } : null;
}

function parsed(text: string | null): { pid?: unknown; started?: unknown; kind?: unknown } | null {
  try {
    return JSON.parse(text ?? 'null') as { pid?: unknown; started?: unknown; kind?: unknown } | null;
  } catch {
    return null;
  }
}
