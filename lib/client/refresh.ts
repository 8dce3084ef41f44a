import type { LedgerEvent } from '#lib/contract/events.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import type { CanvasLive } from './canvas-live.ts';

/**
 * Does `work` soon after it is asked for: the first time at once, then at most once in `everyMs`, and never while the one
 * before goes on. Asked for meanwhile, however often, it is done once more: what is asked of a busy platform does not pile up.
 * What was refused is done again after `againMs`, when that is given, until it is stopped.
 */
export function createRefresh(
  work: () => Promise<unknown>,
  everyMs: number,
  againMs: number | null = null,
): { soon(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let working = false;
  let wanted = false;
  let stopped = false;
  let lastAt = Number.NEGATIVE_INFINITY;
  const schedule = (ms: number) => {
    if (!stopped) timer = setTimeout(() => void go(), ms);
  };
  const inTurn = () => schedule(Math.max(0, lastAt + everyMs - performance.now()));
  const go = async () => {
    timer = null;
    wanted = false;
    working = true;
    // Whoever shows what was fetched says why it could not be: here a refusal only ends this turn.
    const done = await work().then(
      () => true,
      () => false,
    );
    working = false;
    lastAt = performance.now();
    if (!done && againMs !== null) schedule(againMs);
    else if (wanted) inTurn();
  };
  return {
    soon() {
      wanted = true;
      if (!working && timer === null) inTurn();
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Many events in a moment (a restart of hundreds) are one refetch. */
const EVENTS_EVERY_MS = 400;

/** Does `work`, as above, when the ledger tells of something that concerns it. Answers what ends this. */
export function refreshOn(
  live: Pick<CanvasLive, 'onLedger'>,
  concerns: (event: LedgerEvent, workspace: WorkspaceCard | null) => boolean,
  work: () => Promise<unknown>,
): () => void {
  const refresh = createRefresh(work, EVENTS_EVERY_MS);
  const stop = live.onLedger((event, workspace) => {
    if (concerns(event, workspace)) refresh.soon();
  });
  return () => {
    stop();
    refresh.stop();
  };
}
