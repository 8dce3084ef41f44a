import type { StreamFrames, WorkspacePatch } from '#lib/contract/stream.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

/** A healthy workspace for tests of this room; `over` makes it another one. */
export function testCard(id: string, over: Partial<WorkspaceCard> = {}): WorkspaceCard {
  return {
    id,
    name: `Agent ${id}`,
    role: null,
    parent_id: null,
    runtime: 'command',
    provisioner: 'none',
    delivery_mode: 'poll',
    url: null,
    labels: {},
    created_at: 1_000,
    status: 'online',
    cause: null,
    reason: '',
    since: 1_000,
    late: false,
    token_rejected_at: null,
    active_tasks: 0,
    current_task: '',
    uptime_seconds: 10,
    boot_id: 'boot',
    interval_seconds: 30,
    last_error_rate: 0,
    last_requests: 1,
    last_sample_error: '',
    last_heartbeat_at: 1_000,
    run: null,
    queued: 0,
    activity: 0,
    rev: 1,
    ...over,
  };
}

export function testPatch(id: string, over: Partial<WorkspacePatch> = {}): WorkspacePatch {
  return {
    id,
    rev: 2,
    late: false,
    token_rejected_at: null,
    active_tasks: 1,
    current_task: 'working',
    uptime_seconds: 20,
    boot_id: 'boot',
    interval_seconds: 30,
    last_error_rate: 0,
    last_requests: 2,
    last_sample_error: '',
    last_heartbeat_at: 2_000,
    run: null,
    queued: 0,
    activity: 0,
    reason: '',
    minute: [100, 'o'],
    ...over,
  };
}

export const beats = (...items: WorkspacePatch[]) => ({ name: 'beats' as const, id: null, data: { now: 2_000, items } });

export function ledger(seq: number, workspace: WorkspaceCard): { name: 'ledger'; id: string; data: StreamFrames['ledger'] } {
  const actor = { kind: 'platform' as const, id: null, name: 'sweep' };
  const event = {
    seq,
    at: 2_000,
    actor,
    workspace_id: workspace.id,
    type: 'workspace.status' as const,
    data: { from: 'online' as const, to: workspace.status, cause: workspace.cause, reason: workspace.reason, evidence: {} },
  };
  return { name: 'ledger', id: `e:${seq}`, data: { event, workspace, now: 2_000 } };
}

export function removal(seq: number, id: string): { name: 'ledger'; id: string; data: StreamFrames['ledger'] } {
  const actor = { kind: 'operator' as const, id: 'local', name: 'this machine' };
  return {
    name: 'ledger',
    id: `e:${seq}`,
    data: {
      event: { seq, at: 2_000, actor, workspace_id: id, type: 'workspace.removed', data: { name: id } },
      workspace: null,
      now: 2_000,
    },
  };
}
