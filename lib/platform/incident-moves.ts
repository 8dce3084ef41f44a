import type { IncidentKind } from '#lib/contract/incidents.ts';
import type { Move } from '#lib/domain/incident-rules.ts';
import { type Finding, type IncidentState, withoutFailed } from '#lib/domain/incident-state.ts';
import { incidentKey } from '#lib/domain/notify-finding.ts';
import { openIncidentsOf } from '#lib/store/incidents.ts';
import type { IncidentDesk } from './incident-desk.ts';
import type { MassLook } from './incident-mass-look.ts';

/** Does to the incidents of a workspace what an event means for them. */
export async function applyMove(desk: IncidentDesk, mass: MassLook, workspaceId: string, move: Move, at: number): Promise<void> {
  if (move.do === 'raise') await raiseFound(desk, mass, workspaceId, move.finding);
  else if (move.do === 'close') await closeThese(desk, workspaceId, move, at);
  else await forgive(desk, workspaceId, move, at);
}

export async function raiseFound(desk: IncidentDesk, mass: MassLook, workspaceId: string, finding: Finding): Promise<void> {
  const raised = await desk.raise(finding);
  if (!raised || raised.what === 'same') return;
  if (finding.kind === 'failed') {
    // Silent first, then given up on: it stays a part of what it was a part of.
    const silent = await desk.known(incidentKey('offline', workspaceId));
    if (silent && silent.closed_at === null && silent.part_of !== null) {
      desk.put({ ...raised.incident, part_of: silent.part_of });
      return;
    }
  }
  await mass.wentDown(raised.incident, raised.before, finding.at);
}

async function closeThese(
  desk: IncidentDesk,
  workspaceId: string,
  { kinds, why }: { kinds: readonly IncidentKind[] | 'every'; why: string },
  at: number,
): Promise<void> {
  if (kinds !== 'every') {
    for (const kind of kinds) await desk.closeKey(incidentKey(kind, workspaceId), why, at);
    return;
  }
  for (const incident of await openOf(desk, workspaceId)) desk.close(incident, why, at);
}

/** Those in the store and those that this transaction opened. */
async function openOf(desk: IncidentDesk, workspaceId: string): Promise<IncidentState[]> {
  const stored = (await openIncidentsOf(desk.tx, workspaceId)).map((incident) => desk.latest(incident));
  const byId = new Map([...stored, ...desk.touched].map((incident) => [incident.id, incident]));
  return [...byId.values()].filter(({ workspace_id, closed_at }) => workspace_id === workspaceId && closed_at === null);
}

async function forgive(
  desk: IncidentDesk,
  workspaceId: string,
  { queue_id, why }: { queue_id: string; why: string },
  at: number,
): Promise<void> {
  const known = await desk.known(incidentKey('message_failed', workspaceId));
  if (!known || known.closed_at !== null || !known.failed_ids.includes(queue_id)) return;
  const left = withoutFailed(known, queue_id);
  desk.put(left);
  if (left.failed_ids.length === 0) desk.close(left, why, at);
}
