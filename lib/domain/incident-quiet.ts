import type { IncidentKind } from '#lib/contract/incidents.ts';
import type { IncidentState } from './incident-state.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Of what has no recovery: for so long after its last news it stays open. */
export const QUIET_AFTER_MS = {
  agent_message: HOUR_MS,
  delegation: HOUR_MS,
  injection: DAY_MS,
  message_failed: DAY_MS,
} as const satisfies Partial<Record<IncidentKind, number>>;

/** The same of one incident. Infinity: only its recovery closes it. */
export function quietCloseMs({ kind, failed_ids }: Pick<IncidentState, 'kind' | 'failed_ids'>): number {
  // A message that failed waits for a person; one that expired can neither be retried nor dropped.
  if (kind === 'message_failed' && failed_ids.length > 0) return Number.POSITIVE_INFINITY;
  return kind in QUIET_AFTER_MS ? QUIET_AFTER_MS[kind as keyof typeof QUIET_AFTER_MS] : Number.POSITIVE_INFINITY;
}
