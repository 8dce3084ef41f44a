import { cutText } from '#lib/contract/heartbeat.ts';
import { type Finding, type IncidentState, named } from './incident-state.ts';

/** What goes down within this time of each other goes down together. */
export const MASS_WINDOW_MS = 60_000;
export const MASS_KEY = 'mass';
/** So many are many, of whatever number. */
const MANY = 10;
const SHOWN_NAMES = 20;
const NAME_CHARS = 60;

/** Whether `down` of `before` workspaces that were up are so many at once that it is about them all. */
export function isMass(down: number, before: number): boolean {
  return down >= MANY || (down >= 3 && down >= 0.3 * before);
}

/** Whether it was not seen to come up: that says nothing about others. */
export function countsForMass({ kind, facts }: Pick<IncidentState, 'kind' | 'facts'>): boolean {
  return kind === 'offline' || (kind === 'failed' && !facts.startsWith('no_first_beat'));
}

/** How many workspaces they are of: one may be silent and given up on. */
export function workspacesOf(parts: readonly Pick<IncidentState, 'workspace_id'>[]): number {
  return new Set(parts.map(({ workspace_id }) => workspace_id)).size;
}

/** Who comes back at all comes back within this time of the others, mostly. */
export const COME_BACK_MS = 120_000;

/**
 * Whether so many of an incident about many are back that it is over. `quietMs`: since the last of them went. While those
 * that are still away are many themselves, it goes on: each of them would be told of by itself.
 */
export function mostAreBack(still: number, count: number, quietMs: number): boolean {
  return still === 0 || (still < MANY && still * 3 <= count && quietMs >= COME_BACK_MS);
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
    ...massWords(workspacesOf(parts), namesOf(parts), at - canvasStartedAt),
  };
}

/**
 * The incident about many, with one more that went down; its parts are told by it, not by themselves. A workspace counts
 * once, however often it goes: one of those that are named, or one that `before` says was a part.
 */
export function joined(mass: IncidentState, part: IncidentState, at: number, before: IncidentState | null = null): IncidentState {
  const last_at = Math.max(mass.last_at, at);
  const id = part.workspace_id;
  const wasPart = before?.part_of === mass.id && before.workspace_id === id;
  if (wasPart || (id !== null && mass.workspace_ids.includes(id))) return { ...mass, last_at };
  const count = mass.count + 1;
  return { ...mass, last_at, count, workspace_ids: named([...mass.workspace_ids, ...(id === null ? [] : [id])]), title: massTitle(count) };
}

export function namedParts(parts: readonly IncidentState[]): string[] {
  return named([...new Set(parts.flatMap(({ workspace_id }) => workspace_id ?? []))]);
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
