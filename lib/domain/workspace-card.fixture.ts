import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

/** A healthy workspace for tests, with what matters to them put over it. */
export function aCard(over: Partial<WorkspaceCard> = {}): WorkspaceCard {
  return {
    id: 'w1',
    name: 'Indexer',
    role: null,
    parent_id: null,
    runtime: 'command',
    provisioner: 'none',
    delivery_mode: 'poll',
    url: null,
    labels: {},
    created_at: 0,
    status: 'online',
    cause: null,
    reason: '',
    since: 0,
    late: false,
    token_rejected_at: null,
    active_tasks: 0,
    current_task: '',
    uptime_seconds: null,
    boot_id: null,
    interval_seconds: 30,
    last_error_rate: null,
    last_requests: null,
    last_sample_error: '',
    last_heartbeat_at: null,
    run: null,
    queued: 0,
    activity: 0,
    rev: 1,
    ...over,
  };
}
