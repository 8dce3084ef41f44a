import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import type { MapMember } from './map-layout.ts';

/** What is shown on the map: those that match, and those above them so that nobody hangs in the air. Sorted by name, so that places are stable. */
export function membersOf(cards: readonly WorkspaceCard[], matching: ReadonlySet<string>): MapMember[] {
  const byId = new Map(cards.map((card) => [card.id, card]));
  const shown = new Set<string>();
  for (const id of matching) {
    for (let at = byId.get(id); at !== undefined && !shown.has(at.id); at = byId.get(at.parent_id ?? '')) shown.add(at.id);
  }
  return cards
    .filter(({ id }) => shown.has(id))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1))
    .map(({ id, parent_id }) => ({ id, parent: parent_id !== null && shown.has(parent_id) ? parent_id : null }));
}

/** Whether two lists are laid out alike. */
export function sameMembers(a: readonly MapMember[], b: readonly MapMember[]): boolean {
  return a.length === b.length && a.every((member, at) => member.id === b[at]?.id && member.parent === b[at]?.parent);
}
