import { CanvasError } from '#lib/contract/errors.ts';
import type { RunKind } from '#lib/contract/restart-steps.ts';
import { type RunState, waitsForProvisioner } from '#lib/domain/restart-run.ts';
import { cleanReason, type RunRequest } from './new-run.ts';

/** What an open run of the first kind becomes when the second is asked for: the last word counts. Absent: the two exclude each other. */
const BECOMES: Record<RunKind, Partial<Record<RunKind, RunKind>>> = {
  restart: { restart: 'restart', drain: 'restart', resume: 'restart', pause: 'pause' },
  drain: { drain: 'drain', restart: 'restart', pause: 'pause' },
  pause: { pause: 'pause', drain: 'pause', resume: 'restart', restart: 'restart' },
  resume: { resume: 'resume', restart: 'resume', pause: 'pause' },
};
const DOING: Record<RunKind, string> = {
  restart: 'being restarted',
  drain: 'being drained',
  pause: 'being paused',
  resume: 'being started',
};

/** What a request changes of the run that is under way already. Throws `conflict` when it wants what does not go together. */
export function joinRun(run: RunState, request: RunRequest, now: number): Partial<RunState> {
  const kind = BECOMES[run.kind][request.kind];
  if (kind === undefined) {
    throw new CanvasError(
      'conflict',
      `${run.workspace_name} is ${DOING[run.kind]} (run ${run.id}). Wait for its end or cancel it, then ask for the ${request.kind} again.`,
      { run_id: run.id },
    );
  }
  if (waitsForProvisioner(run) && (request.kind === 'restart' || request.kind === 'pause')) return takenOver(request);
  const wantsSnapshot = request.restoreSnapshotId ?? null;
  if (wantsSnapshot !== null && wantsSnapshot !== run.restore_snapshot_id && (run.attempts > 0 || run.kind === 'resume')) {
    throw new CanvasError('conflict', `${run.workspace_name} is ${DOING[run.kind]} already with another snapshot. Wait for its end.`, {
      run_id: run.id,
    });
  }
  return {
    kind,
    // A cancel that has not been carried out yet is not the last word any more.
    cancelled_by: null,
    ...(request.force ? { force: true, forced_at: run.forced_at ?? now } : {}),
    ...(wantsSnapshot === null ? {} : { restore_snapshot_id: wantsSnapshot }),
    ...(run.reason === null && request.reason ? { reason: cleanReason(request.reason) } : {}),
    ...(run.kind === 'drain' && kind !== 'drain' ? nearerDeadline(run, request.deadlineSeconds, now) : {}),
  };
}

/**
 * The run of a crash becomes that of whoever asks: what the provisioner would start by itself is stopped, and for a
 * restart started at once, with a fresh token and the settings of now.
 */
function takenOver(request: RunRequest): Partial<RunState> {
  return {
    kind: request.kind,
    origin: request.origin,
    actor: request.actor,
    reason: cleanReason(request.reason),
    restore_snapshot_id: request.restoreSnapshotId ?? null,
    bulk_id: request.bulkId ?? null,
    state: 'snapshot_saved',
    self_starting: false,
    attempts: 0,
    started_at: null,
  };
}

/** A drain without an end that becomes a restart ends when the restart's deadline passes, if that is sooner. */
function nearerDeadline(run: RunState, seconds: number | null, now: number): Partial<RunState> {
  if (seconds === null) return {};
  if (run.signalled_at === null) return { deadline_seconds: Math.min(run.deadline_seconds ?? seconds, seconds) };
  const deadline_at = now + seconds * 1000;
  if (run.deadline_at !== null && run.deadline_at <= deadline_at) return {};
  return { deadline_seconds: seconds, deadline_at, deadline_moved: true };
}
