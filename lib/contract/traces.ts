import { z } from 'zod';
import type { DelegationState } from './delegations.ts';
import type { MessageState } from './messages.ts';

/** More spans than this are left out of an answer, the newest first; `left_out` says how many. */
export const MAX_SPANS = 5000;

export const traceIdSchema = z.string().regex(/^[0-9a-f]{32}$/, 'a trace id is 32 hexadecimal digits');
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const NOTHING = /^0+$/;

/** A place in a trace: the request as a whole, and the span that causes what comes next. W3C trace context. */
export interface TracePlace {
  trace_id: string;
  span_id: string;
}

/** Reads a `traceparent` (`00-<32 hex>-<16 hex>-<2 hex>`); null for anything else. */
export function placeOf(traceparent: unknown): TracePlace | null {
  const [, trace_id, span_id] = (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent.trim().toLowerCase())) || [];
  if (trace_id === undefined || span_id === undefined || NOTHING.test(trace_id) || NOTHING.test(span_id)) return null;
  return { trace_id, span_id };
}

export function traceparentOf({ trace_id, span_id }: TracePlace): string {
  return `00-${trace_id}-${span_id}-01`;
}

/** A part of a span, in order and without gaps: epoch ms; `to` null: it lasts. */
export interface SpanPart {
  /** `waiting` for its turn, `held` while the target could not take it (a restart when `run_id` is there), `working` with the agent. */
  kind: 'waiting' | 'held' | 'working';
  from: number;
  to: number | null;
  run_id: string | null;
}

/** One request between two workspaces, or from a person: a message, or a delegation with its message. */
export interface TraceSpan {
  span_id: string;
  parent_span_id: string | null;
  kind: 'message' | 'delegation';
  /** Null: a person, or a program with an API token. */
  source_id: string | null;
  source_name: string;
  target_id: string;
  target_name: string;
  summary: string;
  state: MessageState | DelegationState;
  /** Whether it came to what its sender wanted; null: it has not ended. */
  ok: boolean | null;
  error: string;
  response_preview: string;
  started_at: number;
  ended_at: number | null;
  parts: SpanPart[];
  attempts: number;
  redelivered: boolean;
  delegation_id: string | null;
  queue_id: string | null;
}

/** GET /traces/:trace: every request that one request caused, parents before children, then by time. */
export interface Trace {
  trace_id: string;
  spans: TraceSpan[];
  left_out: number;
  now: number;
}
