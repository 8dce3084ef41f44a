import { CanvasError } from '#lib/contract/errors.ts';
import type { RunKind } from '#lib/contract/restart-steps.ts';
import type { RunState } from '#lib/domain/restart-run.ts';
import type { RunRequest } from './new-run.ts';

/** What an open run of the first kind becomes when the second is asked for; absent: the two exclude each other. */
const BECOMES: Record<RunKind, Partial<Record<RunKind, RunKind>>> = {
  restart: { restart: 'restart', drain: 'restart', resume: 'restart' },
  drain: { drain: 'drain', restart: 'restart', pause: 'pause' },
  pause: { pause: 'pause', drain: 'pause' },
  resume: { resume: 'resume', restart: 'resume' },
};
const DOING: Record<RunKind, string> = {
  restart: 'being restarted',
  drain: 'being drained',
  pause: 'being paused',
  resume: 'being started',
};

/** What a request changes of the run that is under way already. Throws `conflict` when it wants something else. */
export function joinRun(run: RunState, request: RunRequest, now: number): Partial<RunState> {
  const kind = BECOMES[run.kind][request.kind];
  if (kind === undefined) {
    throw new CanvasError(
      'conflict',
      `${run.workspace_name} is ${DOING[run.kind]} (run ${run.id}). Wait for its end or cancel it, then ask for the ${request.kind} again.`,
      { run_id: run.id },
    );
  }
  const wantsSnapshot = request.restoreSnapshotId ?? null;
  if (wantsSnapshot !== null && wantsSnapshot !== run.restore_snapshot_id && (run.attempts > 0 || run.kind === 'resume')) {
    throw new CanvasError('conflict', `${run.workspace_name} is ${DOING[run.kind]} already with another snapshot. Wait for its end.`, {
      run_id: run.id,
    });
  }
  return {
    kind,
    ...(request.force ? { force: true, forced_at: run.forced_at ?? now } : {}),
    ...(wantsSnapshot === null ? {} : { restore_snapshot_id: wantsSnapshot }),
    ...(run.reason === null && request.reason ? { reason: request.reason } : {}),
  };
}
