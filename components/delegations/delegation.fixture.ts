import type { ShownDelegation } from '#lib/contract/delegations.ts';

/** A delegation that was given at 1,000 and is in its target's queue, unless told otherwise. */
export function shownDelegation(over: Partial<ShownDelegation> = {}): ShownDelegation {
  return {
    delegation_id: 'd-1',
    source_id: 'w-lead',
    target_id: 'w-writer',
    source_name: 'Lead',
    target_name: 'Writer',
    summary: 'Write the report',
    status: 'dispatched',
    response_preview: '',
    error: '',
    created_at: 1_000,
    updated_at: 1_000,
    started_at: null,
    ended_at: null,
    expires_at: 100_000,
    attempts: 0,
    cancelled: false,
    origin: 'platform',
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
    parent_span_id: null,
    queue_id: null,
    response_cut: false,
    stuck: null,
    waits_for: '',
    ...over,
  };
}
