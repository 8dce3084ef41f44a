import { type Finding, type IncidentState, raise } from '#lib/domain/incident-state.ts';

/** Test support: an open incident of its own workspace, of which a test names only what it is about. */
export function anIncident(id: string, some: Partial<IncidentState> = {}): IncidentState {
  const found: Finding = {
    ...{ key: `offline w-${id}`, facts: 'lapse@1', kind: 'offline', severity: 'critical', at: 1000 },
    ...{ workspace_id: `w-${id}`, workspace_name: 'Scout', title: 'Scout is offline', detail: 'silent' },
  };
  const raised = raise(null, found, id, 1000);
  if (!raised) throw new Error('nothing was opened');
  return { ...raised.incident, ...some };
}
