import { CanvasError } from '#lib/contract/errors.ts';
import { SHOWN_STATES, type ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard, WorkspacePage, WorkspaceSort } from '#lib/contract/workspaces.ts';
import { type MatchContext, matchesSearch } from './match-workspace.ts';
import { nameKey } from './name-key.ts';
import { decodeCursor, encodeCursor, isCut, type Position } from './page-cursor.ts';
import { parseSearch } from './search-query.ts';
import { attentionRank, compareText, shownState } from './shown-state.ts';

/** The query of GET /workspaces?page, parsed. Without a limit everything that matches is answered. */
export interface Selection {
  state?: readonly ShownState[] | undefined;
  q?: string | undefined;
  runtime?: string | undefined;
  /** Id of a parent: its children. */
  parent?: string | undefined;
  /** `key=value`, or a key alone. */
  label?: string | undefined;
  sort: WorkspaceSort;
  order: 'asc' | 'desc';
  limit?: number | undefined;
  cursor?: string | undefined;
}

export type Selected = Pick<WorkspacePage, 'items' | 'next' | 'counts' | 'total'>;

interface Keyed extends Position {
  card: WorkspaceCard;
}

/**
 * Filters, counts, sorts and pages; the same for the server's list and the browser's own copy. Ascending means: smallest
 * number, shortest time, freshest beat, first name first. What has no value comes last in both orders.
 *
 * @throws CanvasError `bad_request` for a cursor that is not one of this sort and order.
 */
export function selectWorkspaces(cards: readonly WorkspaceCard[], selection: Selection, context: MatchContext): Selected {
  const counts = emptyCounts();
  const keyed: Keyed[] = [];
  const matches = filterOf(selection, context);
  for (const card of cards) {
    if (!matches(card)) continue;
    const state = shownState(card);
    counts[state] += 1;
    if (selection.state && !selection.state.includes(state)) continue;
    keyed.push({ card, rank: rankOf(card, state, selection.sort), text: nameKey(card.name), id: card.id });
  }
  const direction = selection.order === 'desc' ? -1 : 1;
  const compare = (a: Position, b: Position) => comparePositions(a, b, direction, selection.sort === 'name' ? direction : 1);
  keyed.sort(compare);
  const name = `${selection.sort} ${selection.order}`;
  const start = selection.cursor === undefined ? 0 : startAfter(keyed, selection.cursor, name, compare);
  const end = Math.min(keyed.length, start + (selection.limit ?? keyed.length));
  const last = end < keyed.length ? keyed[end - 1] : undefined;
  return {
    items: keyed.slice(start, end).map(({ card }) => card),
    next: last ? encodeCursor(name, last) : null,
    counts,
    total: keyed.length,
  };
}

export function emptyCounts(): Record<ShownState, number> {
  return Object.fromEntries(SHOWN_STATES.map((state) => [state, 0])) as Record<ShownState, number>;
}

function filterOf(selection: Selection, context: MatchContext): (card: WorkspaceCard) => boolean {
  const query = parseSearch(selection.q ?? '');
  if (selection.label) {
    const at = selection.label.indexOf('=');
    query.labels.push(
      at < 0 ? { key: selection.label, value: null } : { key: selection.label.slice(0, at), value: selection.label.slice(at + 1) },
    );
  }
  return (card) =>
    card.status !== 'removed' &&
    (!selection.runtime || card.runtime === selection.runtime) &&
    (!selection.parent || card.parent_id === selection.parent) &&
    matchesSearch(card, query, context);
}

/** Ages as negated moments: they order alike, and stay true while time passes between two pages. */
function rankOf(card: WorkspaceCard, state: ShownState, sort: WorkspaceSort): number | null {
  switch (sort) {
    case 'attention':
      return attentionRank(state);
    case 'name':
      return 0;
    case 'since':
      return -card.since;
    case 'uptime':
      return card.uptime_seconds;
    case 'errors':
      return card.last_error_rate;
    case 'beat':
      return card.last_heartbeat_at === null ? null : -card.last_heartbeat_at;
    case 'tasks':
      return card.active_tasks;
  }
}

/** By rank, then name, then id. Only a sort by name turns names round; within equal ranks they keep their order. */
function comparePositions(a: Position, b: Position, direction: number, nameDirection: number): number {
  if (a.rank !== b.rank) {
    if (a.rank === null) return 1;
    if (b.rank === null) return -1;
    return (a.rank - b.rank) * direction;
  }
  return compareText(a.text, b.text) * nameDirection || compareText(a.id, b.id);
}

/**
 * Index of the first item after the cursor. The item that ended the page before may have moved or gone since: then the
 * page begins where it stood. With a cut text that is before all that begin alike: an item may come twice, never be left out.
 */
function startAfter(keyed: readonly Keyed[], cursor: string, name: string, compare: (a: Position, b: Position) => number): number {
  const from = decodeCursor(name, cursor);
  if (!from)
    throw new CanvasError(
      'bad_request',
      'This cursor does not belong to this sort and order. Ask for the first page again, without a cursor.',
    );
  const same = keyed.findIndex((item) => item.id === from.id);
  const still = keyed[same];
  const beginsAlike = (item: Position) => item.rank === from.rank && item.text.startsWith(from.text);
  if (still && beginsAlike(still)) return same + 1;
  const next = keyed.findIndex((item) => (isCut(from) && beginsAlike(item)) || compare(item, from) > 0);
  return next < 0 ? keyed.length : next;
}
