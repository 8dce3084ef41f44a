import { online, T } from './beats.fixture.ts';
import type { RunState, Seen } from './restart-run.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

/** A run as it is when it was just asked for at `T`, for a process with the boot `b1`. */
export function aRun(some: Partial<RunState> = {}): RunState {
  return {
    id: 'run-1',
    workspace_id: 'a',
    workspace_name: 'Atlas',
    kind: 'restart',
    state: 'requested',
    origin: 'request',
    actor: { kind: 'operator', id: 'ada', name: 'Ada' },
    reason: null,
    requested_at: T,
    ended_at: null,
    deadline_seconds: 60,
    deadline_at: null,
    force: false,
    provisioned: true,
    signal: null,
    in_flight: [],
    still_in_flight: [],
    unfinished: [],
    boot_id_before: 'b1',
    boot_id_after: null,
    snapshot_id: null,
    restore_snapshot_id: null,
    restored: null,
    attempts: 0,
    failure: null,
    waits_for: '',
    bulk_id: null,
    group_id: null,
    rev: 1,
    cancelled_by: null,
    forced_at: null,
    left_at_force: null,
    deadline_moved: false,
    force_told: false,
    stopping: false,
    signalled_at: null,
    drained_at: null,
    started_at: null,
    after: [],
    self_starting: false,
    ...some,
  };
}

export const acknowledged = { outcome: 'acknowledged', detail: '', ms: 5 } as const;
export const unheard = { outcome: 'not_supported', detail: 'It answered 404', ms: 5 } as const;
export const ADA = { kind: 'operator', id: 'ada', name: 'Ada' } as const;

/** A run that was signalled at `T`, and whose deadline is a minute later. */
export const draining = (some: Partial<RunState> = {}): RunState =>
  aRun({ state: 'draining', signal: acknowledged, signalled_at: T, deadline_at: T + 60_000, ...some });

/** A provisioned workspace whose process `b1` beats since long before `T`. */
export function aSeen({ facts, ...some }: Partial<Omit<Seen, 'facts'>> & { facts?: Partial<WorkspaceFacts> } = {}): Seen {
  const before = { ...online(), booted_at: T - 60_000, last_beat_at: T - 1000, last_full_beat_at: T - 1000 };
  return {
    facts: { ...before, ...facts },
    running: true,
    can_stop: true,
    turn_of: '',
    under_way: 0,
    start_timeout_ms: 600_000,
    ...some,
  };
}
