import { randomBytes } from 'node:crypto';
import type { TracePlace } from '#lib/contract/traces.ts';

/** A place in a trace that nothing else has: W3C ids. */
export function newPlace(): TracePlace {
  return { trace_id: randomBytes(16).toString('hex'), span_id: randomBytes(8).toString('hex') };
}
