import type { TraceSpan } from '#lib/contract/traces.ts';

/** A finished request from a person to a workspace, from 1,000 to 2,000, unless told otherwise. */
export function traceSpan(span_id: string, over: Partial<TraceSpan> = {}): TraceSpan {
  return {
    span_id,
    parent_span_id: null,
    kind: 'message',
    source_id: null,
    source_name: 'this machine',
    target_id: 'w-lead',
    target_name: 'Lead',
    summary: `asked as ${span_id}`,
    state: 'answered',
    ok: true,
    error: '',
    response_preview: '',
    started_at: 1_000,
    ended_at: 2_000,
    parts: [{ kind: 'working', from: 1_000, to: 2_000, run_id: null }],
    attempts: 1,
    redelivered: false,
    delegation_id: null,
    queue_id: null,
    ...over,
  };
}
