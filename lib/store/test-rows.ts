import type { DelegationRow } from '#lib/contract/delegations.ts';
import type { NewEvent } from '#lib/contract/events.ts';
import { newId } from './new-id.ts';
import type { StoredToken } from './tokens.ts';
import type { StoredWorkspace } from './workspaces.ts';

/** Test support: whole rows, of which a test names only what it is about. */
export function aWorkspace(some: Partial<StoredWorkspace> = {}): StoredWorkspace {
  const id = some.id ?? newId();
  return {
    id,
    name: `agent ${id}`,
    role: null,
    parent_id: null,
    runtime: null,
    provisioner: 'none',
    delivery_mode: 'push',
    url: null,
    labels: {},
    config: {},
    agent_card: null,
    inbound_secret: 'not-a-secret',
    desired: 'running',
    wake_on_message: false,
    created_at: 1000,
    updated_at: 1000,
    removed_at: null,
    ...some,
  };
}

export function aToken(some: Partial<StoredToken> = {}): StoredToken {
  const id = some.id ?? newId();
  return {
    id,
    workspace_id: 'w',
    hash: `hash of ${id}`,
    prefix: 'abcdefgh',
    created_at: 1000,
    last_used_at: null,
    expires_at: null,
    revoked_at: null,
    ...some,
  };
}

export function anEvent(name: string, workspaceId: string | null = 'w'): NewEvent {
  return {
    type: 'workspace.removed',
    workspace_id: workspaceId,
    actor: { kind: 'platform', id: null, name: 'test' },
    at: 1000,
    data: { name },
  };
}

export function aDelegation(some: Partial<DelegationRow> = {}): DelegationRow {
  const { created_at = 1000 } = some;
  return {
    delegation_id: 'd1',
    source_id: 's',
    target_id: 't',
    summary: 'Count 100% of it',
    status: 'pending',
    response_preview: '',
    error: '',
    created_at,
    updated_at: created_at,
    started_at: null,
    ended_at: null,
    expires_at: created_at + 60_000,
    attempts: 0,
    cancelled: false,
    origin: 'platform',
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
    parent_span_id: null,
    queue_id: null,
    response_cut: false,
    ...some,
  };
}
