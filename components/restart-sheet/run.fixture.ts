import type { RestartRunDetail, RunStamp } from '#lib/contract/restarts.ts';

export const ASKED_AT = 1_700_000_000_000;

/** A restart that was just asked for, with two tasks in flight; `over` makes it another one. */
export function testRun(over: Partial<RestartRunDetail> = {}): RestartRunDetail {
  return {
    id: 'run-1',
    workspace_id: 'ws-1',
    workspace_name: 'Release Manager',
    kind: 'restart',
    state: 'requested',
    origin: 'request',
    actor: { kind: 'operator', id: 'local', name: 'this machine' },
    reason: 'stuck on the stream',
    requested_at: ASKED_AT,
    ended_at: null,
    deadline_seconds: 900,
    deadline_at: null,
    force: false,
    provisioned: true,
    signal: null,
    in_flight: [
      { id: 't1', summary: 'Cut release 2.14', started_at: ASKED_AT - 2_280_000 },
      { id: 't2', summary: 'Answer Help Desk', started_at: ASKED_AT - 120_000 },
    ],
    still_in_flight: [],
    unfinished: [],
    boot_id_before: 'boot-1',
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
    steps: [stamp('requested', 0)],
    queue: { waiting: 0, delivered: 0, failed: 0 },
    may: {},
    ...over,
  };
}

/** A step, so many milliseconds after it was asked for. */
export function stamp(step: RunStamp['step'], after: number, detail: Record<string, unknown> = {}): RunStamp {
  return { step, at: ASKED_AT + after, detail };
}
