import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import type { BoundField, SearchQuery, TextField } from './search-query.ts';
import { shownState } from './shown-state.ts';

/** What a match needs to know beyond the card itself. */
export interface MatchContext {
  /** Name of a workspace by id; null or undefined when it is not known. */
  nameOf: (id: string) => string | null | undefined;
  /** The platform's clock, for ages. */
  now: number;
}

/** Whether a workspace is what a search asks for. */
export function matchesSearch(card: WorkspaceCard, query: SearchQuery, context: MatchContext): boolean {
  if (query.states !== null && !query.states.includes(shownState(card))) return false;
  for (const { key, value } of query.labels) {
    const has = card.labels[key];
    if (has === undefined || (value !== null && has !== value)) return false;
  }
  for (const { field, operator, value } of query.bounds) {
    const is = boundOf(card, field, context.now);
    if (is === null || !holds(is, operator, value)) return false;
  }
  if (!query.texts.every(({ field }) => query.texts.some((text) => text.field === field && textHolds(card, text, context)))) return false;
  if (query.words.length === 0) return true;
  const text = searchedText(card, context);
  return query.words.every((word) => text.includes(word));
}

/** Everything that plain words are looked for in, lower case, on lines of its own so that no word spans two fields. */
function searchedText(card: WorkspaceCard, { nameOf }: MatchContext): string {
  const parent = card.parent_id === null ? '' : (nameOf(card.parent_id) ?? '');
  return `${card.name}\n${card.role ?? ''}\n${card.current_task}\n${card.runtime ?? ''}\n${parent}\n${card.id}\n${card.last_sample_error}\n${card.reason}`.toLowerCase();
}

function textHolds(card: WorkspaceCard, { field, value, whole }: SearchQuery['texts'][number], context: MatchContext): boolean {
  return textsOf(card, field, context).some((text) => (whole ? text.toLowerCase() === value : text.toLowerCase().includes(value)));
}

function textsOf(card: WorkspaceCard, field: TextField, { nameOf }: MatchContext): string[] {
  switch (field) {
    case 'runtime':
      return [card.runtime ?? ''];
    case 'parent':
      return card.parent_id === null ? [] : [card.parent_id, nameOf(card.parent_id) ?? ''];
    case 'name':
      return [card.name];
    case 'role':
      return [card.role ?? ''];
    case 'task':
      return [card.current_task];
    case 'id':
      return [card.id];
    case 'error':
      return [card.last_sample_error, card.reason];
  }
}

/** Durations in milliseconds; null when nothing is known, which no bound holds for. */
function boundOf(card: WorkspaceCard, field: BoundField, now: number): number | null {
  switch (field) {
    case 'error':
      return card.last_error_rate;
    case 'beat':
      return card.last_heartbeat_at === null ? null : now - card.last_heartbeat_at;
    case 'since':
      return now - card.since;
    case 'uptime':
      return card.uptime_seconds === null ? null : card.uptime_seconds * 1000;
    case 'tasks':
      return card.active_tasks;
  }
}

function holds(is: number, operator: SearchQuery['bounds'][number]['operator'], bound: number): boolean {
  switch (operator) {
    case '>':
      return is > bound;
    case '>=':
      return is >= bound;
    case '<':
      return is < bound;
    case '<=':
      return is <= bound;
  }
}
