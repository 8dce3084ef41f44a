import type { IncidentState } from './incident-state.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Of what has no recovery: for so long after its last news it stays open. Infinity: only its recovery closes it. */
export function quietCloseMs({ kind, failed_ids }: Pick<IncidentState, 'kind' | 'failed_ids'>): number {
  if (kind === 'agent_message' || kind === 'delegation') return HOUR_MS;
  if (kind === 'injection') return DAY_MS;
  // A message that expired can neither be retried nor dropped.
  if (kind === 'message_failed' && failed_ids.length === 0) return DAY_MS;
  return Number.POSITIVE_INFINITY;
}
