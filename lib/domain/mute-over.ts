import type { Mute } from '#lib/contract/inbox.ts';
import type { Incident } from '#lib/contract/incidents.ts';

/** The mute that covers an incident now; null: none. The statements of the inbox say the same in SQL. */
export function muteOver<M extends Pick<Mute, 'workspace_id' | 'kind' | 'until'>>(
  mutes: readonly M[],
  incident: Pick<Incident, 'workspace_id' | 'kind'>,
  now: number,
): M | null {
  const covers = (mute: M) =>
    (mute.until === null || mute.until > now) &&
    (mute.workspace_id === null || mute.workspace_id === incident.workspace_id) &&
    (mute.kind === null || mute.kind === incident.kind);
  return mutes.find(covers) ?? null;
}
