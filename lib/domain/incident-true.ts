import type { Incident } from '#lib/contract/incidents.ts';
import { saidByAgents } from './incident-state.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

/** What an incident of a status says, and whether the facts still say it. */
const STILL: Partial<Record<Incident['kind'], (facts: WorkspaceFacts) => boolean>> = {
  wedged: ({ wedged }) => wedged !== null,
  failed: ({ status }) => status === 'failed',
  offline: ({ status }) => ['offline', 'awaiting_agent', 'provisioning'].includes(status),
  degraded: ({ status, cause }) => status === 'degraded' && cause === 'errors',
  token_rejected: ({ token_rejected_at }) => token_rejected_at !== null,
};

/**
 * Whether an incident is still so by the facts of the moment (null: the workspace is gone). What an agent said stays said;
 * what nobody can look up again (a failed restart) is so until it is closed.
 */
export function isStillTrue(
  incident: Pick<Incident, 'kind' | 'closed_at' | 'part_of' | 'workspace_id'>,
  facts: WorkspaceFacts | null,
): boolean {
  if (saidByAgents(incident.kind)) return true;
  if (incident.closed_at !== null || incident.part_of !== null) return false;
  if (incident.workspace_id === null) return true;
  return facts !== null && (STILL[incident.kind]?.(facts) ?? true);
}
