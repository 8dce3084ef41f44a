import { CanvasError } from '#lib/contract/errors.ts';
import type { EventActor } from '#lib/contract/events.ts';
import { DEFAULT_DEADLINE_SECONDS } from '#lib/contract/restarts.ts';
import { waitsForProvisioner } from '#lib/domain/restart-run.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import type { Begun } from './new-run.ts';
import { canStop } from './run-view.ts';

/**
 * The run with which changed settings take effect; null when the next start brings them anyway. Rejects with `conflict`
 * when Canvas cannot restart it, or is just starting it with the former settings: then nothing is changed.
 */
export async function restartForSettings(deps: Deps, tx: Db, live: LiveWorkspace, actor: EventActor, now: number): Promise<Begun | null> {
  if (!canStop(deps, live)) {
    throw new CanvasError(
      'conflict',
      `Canvas did not start ${live.row.name}, so it cannot restart it. Change its settings without "restart", then restart it where it runs.`,
    );
  }
  const open = deps.runs.of(live.row.id)?.run;
  if (live.facts.status === 'paused' && !open) return null;
  if (open && open.attempts > 0 && !waitsForProvisioner(open)) {
    throw new CanvasError(
      'conflict',
      `${live.row.name} is being started with its former settings (run ${open.id}). Wait for its end, then change them again.`,
      { run_id: open.id },
    );
  }
  const request = { workspaceId: live.row.id, kind: 'restart', origin: 'settings', reason: 'Its settings changed' } as const;
  return deps.runs.beginIn(tx, { ...request, actor, deadlineSeconds: DEFAULT_DEADLINE_SECONDS }, now);
}
