import type { RunKind } from '#lib/contract/restart-steps.ts';
import type { RestartRequest, RestartRunDetail } from '#lib/contract/restarts.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

/** The run as it will most likely be, shown from the press until the platform has answered. */
export function pendingRun(card: WorkspaceCard, kind: RunKind, asked: RestartRequest, now: number): RestartRunDetail {
  return {
    id: '',
    workspace_id: card.id,
    workspace_name: card.name,
    kind,
    state: 'requested',
    origin: 'request',
    actor: { kind: 'operator', id: null, name: 'you' },
    reason: asked.reason ?? null,
    requested_at: now,
    ended_at: null,
    deadline_seconds: asked.deadline_seconds ?? null,
    deadline_at: null,
    force: false,
    provisioned: card.provisioner === 'process',
    signal: null,
    in_flight: [],
    still_in_flight: [],
    unfinished: [],
    boot_id_before: card.boot_id,
    boot_id_after: null,
    snapshot_id: null,
    restore_snapshot_id: null,
    restored: null,
    attempts: 0,
    failure: null,
    waits_for: '',
    bulk_id: null,
    group_id: null,
    rev: 0,
    steps: [],
    queue: { waiting: 0, delivered: 0, failed: 0 },
    may: {},
  };
}
