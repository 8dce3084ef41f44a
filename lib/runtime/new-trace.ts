import { randomBytes } from 'node:crypto';
import type { TracePlace } from '#lib/contract/traces.ts';

/** The beginning of a trace that nobody began before. */
export function newTrace(): TracePlace {
  return { trace_id: randomBytes(16).toString('hex'), span_id: randomBytes(8).toString('hex') };
}
