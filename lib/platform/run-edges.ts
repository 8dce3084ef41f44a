import type { EventActor } from '#lib/contract/events.ts';
import type { RunState } from '#lib/domain/restart-run.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { insertStamp, updateRun } from '#lib/store/restart-runs.ts';
import type { Deps } from './deps.ts';

/** Ends a run whose workspace is no more; answers it as it ended. */
export async function abandonRun(deps: Deps, run: RunState): Promise<RunState> {
  const now = deps.now();
  const ended: RunState = { ...run, state: 'cancelled', ended_at: now, rev: run.rev + 1 };
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
