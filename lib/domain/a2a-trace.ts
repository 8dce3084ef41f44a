import { placeOf, type TracePlace } from '#lib/contract/traces.ts';
import type { A2aRequest } from './a2a-message.ts';

/** Where a message stands: its trace, its own span, and the one that caused it. */
export interface MessagePlace extends TracePlace {
  parent_span_id: string | null;
  /**
   * Of its sender's messages those of one branch keep their order, and those of different branches do not wait for each
   * other: a question that comes back through a circle of agents would wait for itself. Null: its sender told none.
   */
  branch: string | null;
}

/**
 * `given`: what the message brought. `cause`: what its sender works on, when that is known and one thing only; it tells the
 * trace, not the order, since it is a guess. `fresh`: new ids.
 */
export function placeOfMessage({
  given,
  cause,
  fresh,
}: {
  given: TracePlace | null;
  cause: TracePlace | null;
  fresh: TracePlace;
}): MessagePlace {
  const parent = given ?? cause;
  if (!parent) return { ...fresh, parent_span_id: null, branch: null };
  return { trace_id: parent.trace_id, span_id: fresh.span_id, parent_span_id: parent.span_id, branch: given?.span_id ?? null };
}

/** The place in a trace that a message names itself, or that the request's header does; null: neither, or none that is valid. */
export function givenPlace({ envelope }: A2aRequest, header: unknown): TracePlace | null {
  const { message } = envelope.params as { message?: { metadata?: { traceparent?: unknown } | null } };
  return placeOf(message?.metadata?.traceparent) ?? placeOf(header);
}
