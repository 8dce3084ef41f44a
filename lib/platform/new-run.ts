import type { EventActor, NewEvent } from '#lib/contract/events.ts';
import type { RunKind, RunOrigin } from '#lib/contract/restart-steps.ts';
import type { RunState } from '#lib/domain/restart-run.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { newId } from '#lib/store/new-id.ts';
import type { LiveWorkspace } from './fleet.ts';

/** What a run is asked for with. */
export interface RunRequest {
  workspaceId: string;
  kind: RunKind;
  origin: RunOrigin;
  actor: EventActor;
  reason?: string | null;
  /** Null: without a limit. */
  deadlineSeconds: number | null;
  force?: boolean;
  restoreSnapshotId?: string | null;
  bulkId?: string | null;
  groupId?: string | null;
  /** Its id, when others of its group name it before it is made. */
  id?: string;
  /** Runs of the group that go first. */
  after?: string[];
}

/** A run that was begun or joined inside a transaction; `commit` brings memory in line after it. */
export interface Begun {
  id: string;
  joined: boolean;
  events: NewEvent[];
  commit: () => void;
}

/** A person's reason is shown to everybody, and kept. */
export function cleanReason(reason: string | null | undefined): string | null {
  return reason ? String(scrub(reason).value) : null;
}

export function newRun(live: LiveWorkspace, request: RunRequest, provisioned: boolean, now: number): RunState {
  return {
    id: request.id ?? newId(),
    workspace_id: live.row.id,
    workspace_name: live.row.name,
    kind: request.kind,
    state: 'requested',
    origin: request.origin,
    actor: request.actor,
    reason: cleanReason(request.reason),
    requested_at: now,
    ended_at: null,
    deadline_seconds: request.deadlineSeconds,
    deadline_at: null,
    force: request.force === true,
    provisioned,
    signal: null,
    in_flight: [],
    still_in_flight: [],
    unfinished: [],
    boot_id_before: live.facts.boot_id,
    boot_id_after: null,
    snapshot_id: null,
    restore_snapshot_id: request.restoreSnapshotId ?? null,
    restored: null,
    attempts: 0,
    failure: null,
    waits_for: '',
    bulk_id: request.bulkId ?? null,
    group_id: request.groupId ?? null,
    rev: 1,
    cancelled_by: null,
    forced_at: request.force ? now : null,
    left_at_force: null,
    deadline_moved: false,
    force_told: false,
    stopping: false,
    signalled_at: null,
    drained_at: null,
    started_at: null,
    after: request.after ?? [],
    self_starting: false,
  };
}

/** The run of a crash: its process is gone, and the provisioner starts the next one by itself. */
export function crashRun(live: LiveWorkspace, actor: EventActor, why: string, now: number): RunState {
  const base = { workspaceId: live.row.id, kind: 'restart', origin: 'crash', actor, reason: why, deadlineSeconds: 0 } as const;
  return { ...newRun(live, base, true, now), state: 'stopped', self_starting: true, started_at: now };
}
