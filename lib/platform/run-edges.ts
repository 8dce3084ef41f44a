import type { EventActor, LedgerEvent } from '#lib/contract/events.ts';
import type { RunKind } from '#lib/contract/restart-steps.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import type { RunState } from '#lib/domain/restart-run.ts';
import { type Db, inTransaction } from '#lib/store/in-transaction.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import { insertRun, insertStamp, updateRun } from '#lib/store/restart-runs.ts';
import { setDesired } from '#lib/store/workspaces.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import { stepEvent } from './run-event.ts';

/** Ends a run whose workspace is no more; answers it as it ended. */
export async function abandonRun(deps: Deps, run: RunState): Promise<RunState> {
  const now = deps.now();
  const ended: RunState = { ...run, state: 'cancelled', waits_for: '', ended_at: now, rev: run.rev + 1 };
  await deps.oneAtATime(() =>
    inTransaction(deps.store, async (tx) => {
      await updateRun(tx, ended);
      await insertStamp(tx, run.id, { step: 'cancelled', at: now, detail: { why: 'Its workspace was removed' } });
    }),
  );
  return ended;
}

/** Resumes a paused workspace because a message waits for it. Never rejects. */
export function wakeByMessage(deps: Deps, workspaceId: string, actor: EventActor): void {
  const reason = 'A message arrived while it was paused';
  deps.runs
    .request({ workspaceId, kind: 'resume', origin: 'message', actor, reason, deadlineSeconds: null })
    .catch((error: unknown) =>
      deps.log('warn', 'a paused workspace could not be woken', { workspace_id: workspaceId, why: String(error) }),
    );
}

/**
 * What an operator wants of its process from now on, in the store before a run of that kind is acknowledged. Answers what
 * brings memory in line after the commit.
 */
export async function wantIn(tx: Db, deps: Deps, live: LiveWorkspace, kind: RunKind, now: number): Promise<() => void> {
  const desired = kind === 'pause' ? 'stopped' : 'running';
  if (kind === 'drain' || live.row.provisioner === 'none' || live.row.desired === desired) return () => {};
  await setDesired(tx, live.row.id, desired, now);
  return () => deps.fleet.replaceRow(live.row.id, { ...live.row, desired });
}

/** Writes the run of a crash down, with the steps that the crash took; answers what the ledger learnt. */
export async function insertCrashRun(tx: Db, run: RunState, detail: Record<string, unknown>): Promise<LedgerEvent[]> {
  const at = run.requested_at;
  await insertRun(tx, run);
  await insertStamp(tx, run.id, { step: 'requested', at, detail: {} });
  await insertStamp(tx, run.id, { step: 'stopped', at, detail });
  return appendEvents(tx, [stepEvent(run, 'requested', {}, run.actor, at), stepEvent(run, 'stopped', detail, run.actor, at)]);
}

/** Whether a snapshot is of the process that this run drains, and came while it did. */
export function isOfDrain(run: RunState, row: SnapshotRow): boolean {
  if (row.boot_id !== run.boot_id_before || run.signalled_at === null) return false;
  return !['requested', 'started', 'online', 'restored'].includes(run.state);
}
