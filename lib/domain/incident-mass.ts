import { cutText } from '#lib/contract/heartbeat.ts';
import { type Finding, type IncidentState, named } from './incident-state.ts';

/** What goes down within this time of each other goes down together. */
export const MASS_WINDOW_MS = 60_000;
export const MASS_KEY = 'mass';
const SHOWN_NAMES = 20;
const NAME_CHARS = 60;

/** Whether `down` of `before` workspaces that were up are so many at once that it is about them all. */
export function isMass(down: number, before: number): boolean {
  return down >= 10 || (down >= 3 && down >= 0.3 * before);
}

/** Whether it was not seen to come up: that says nothing about others. */
export function countsForMass({ kind, facts }: Pick<IncidentState, 'kind' | 'facts'>): boolean {
  return kind === 'offline' || (kind === 'failed' && !facts.startsWith('no_first_beat'));
}

/** Who comes back at all comes back within this time of the others, mostly. */
export const COME_BACK_MS = 120_000;

/** Whether so many of an incident about many are back that it is over. `quietMs`: since the last of them went. */
export function mostAreBack(still: number, count: number, quietMs: number): boolean {
  return still === 0 || (still * 3 <= count && quietMs >= COME_BACK_MS);
}

/** `canvasStartedAt`: whatever fell silent while the platform was away is noticed soon after its start. */
export function massFinding(parts: readonly IncidentState[], at: number, canvasStartedAt: number): Finding {
  return {
    key: MASS_KEY,
    facts: `mass@${at}`,
    kind: 'mass',
    severity: 'critical',
    workspace_id: null,
    workspace_name: '',
    at,
    ...massWords(parts.length, namesOf(parts), at - canvasStartedAt),
  };
}

/** The incident about many, with one more that went down; its parts are told by it, not by themselves. */
export function joined(mass: IncidentState, part: IncidentState, at: number): IncidentState {
  const count = mass.count + 1;
  const ids = named([...mass.workspace_ids, ...(part.workspace_id === null ? [] : [part.workspace_id])]);
  return { ...mass, count, workspace_ids: ids, title: massTitle(count), last_at: Math.max(mass.last_at, at) };
}

export function namedParts(parts: readonly IncidentState[]): string[] {
  return named(parts.flatMap(({ workspace_id }) => workspace_id ?? []));
}

function namesOf(parts: readonly IncidentState[]): string[] {
  return parts.slice(0, SHOWN_NAMES).map(({ workspace_name }) => cutText(workspace_name, NAME_CHARS));
}

function massTitle(count: number): string {
  return `${count} workspaces went down together`;
}

function massWords(count: number, names: readonly string[], sinceStart: number): { title: string; detail: string } {
  const whose =
    sinceStart < 5 * MASS_WINDOW_MS
      ? 'Canvas itself started a short time ago: they may have gone, or lost their way to it, while it was away.'
      : 'So many at once point to the network, their machine or Canvas itself, not to the agents.';
  return { title: massTitle(count), detail: `${whose} First: ${names.join(', ')}` };
}
