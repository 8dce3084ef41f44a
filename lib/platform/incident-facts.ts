import type { Incident } from '#lib/contract/incidents.ts';
import { isStillTrue } from '#lib/domain/incident-true.ts';
import type { Deps } from './deps.ts';

/** Whether an open incident is still so now. Asked before anything is sent of it: the store may be moments behind the facts. */
export function stillTrue(deps: Pick<Deps, 'fleet'>, incident: Pick<Incident, 'kind' | 'closed_at' | 'part_of' | 'workspace_id'>): boolean {
  const live = incident.workspace_id === null ? undefined : deps.fleet.find(incident.workspace_id);
  return isStillTrue(incident, live?.facts ?? null);
}
