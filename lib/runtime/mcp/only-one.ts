import { type TracePlace, traceparentOf } from '#lib/contract/traces.ts';

/** The work that a call belongs to, when there is one only: with more, to name any would be a guess. */
export function onlyOne(traces: readonly TracePlace[]): string | undefined {
  const [only, ...others] = traces;
  return only === undefined || others.length > 0 ? undefined : traceparentOf(only);
}
