import type { IncidentKind } from '#lib/contract/incidents.ts';
import type { IncidentState } from './incident-state.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Kinds that `quietCloseMs` ever closes, and after how long at the least. */
export const QUIET_KINDS = ['agent_message', 'delegation', 'injection', 'message_failed'] as const satisfies readonly IncidentKind[];
export const SOONEST_QUIET_MS = HOUR_MS;

/** Of what has no recovery: for so long after its last news it stays open. Infinity: only its recovery closes it. */
export function quietCloseMs({ kind, failed_ids }: Pick<IncidentState, 'kind' | 'failed_ids'>): number {
  if (kind === 'agent_message' || kind === 'delegation') return HOUR_MS;
  if (kind === 'injection') return DAY_MS;
  // A message that expired can neither be retried nor dropped.
  if (kind === 'message_failed' && failed_ids.length === 0) return DAY_MS;
  return Number.POSITIVE_INFINITY;
}
