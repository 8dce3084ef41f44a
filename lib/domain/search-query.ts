import { SHOWN_STATE_LABEL, SHOWN_STATES, type ShownState } from '#lib/contract/workspace-status.ts';
import { parseDuration } from './duration-text.ts';

/** Fields that take a text: `key:value` holds when the value occurs in the field, `key:"value"` when it is the whole of it. */
export const TEXT_FIELDS = ['runtime', 'parent', 'name', 'role', 'task', 'id', 'error'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
/** Fields that take a bound (`error>0.2`, `beat>=5m`, `tasks<3`). beat, since and uptime are durations, kept in milliseconds; error is a share (0.2 or 20%). */
export const BOUND_FIELDS = ['error', 'beat', 'since', 'uptime', 'tasks'] as const;
export type BoundField = (typeof BOUND_FIELDS)[number];
export type BoundOperator = '>' | '>=' | '<' | '<=';

/**
 * A search, read. Everything in it must hold; several states are alternatives, and so are several values of one text
 * field. What has no meaning as a filter (an unknown key, a bound that is no number) is looked for as plain words.
 */
export interface SearchQuery {
  /** Lower case; each must occur somewhere in the workspace. */
  words: string[];
  /** Null: any. Empty: states were named, and none exists. */
  states: ShownState[] | null;
  texts: { field: TextField; value: string; whole: boolean }[];
  labels: { key: string; value: string | null }[];
  bounds: { field: BoundField; operator: BoundOperator; value: number }[];
}

interface Token {
  key: string | null;
  operator: string;
  value: string;
  quoted: boolean;
}

const TOKEN = /(?:([a-z]+)(:|>=|<=|>|<))?(?:"([^"]*)"?|(\S+))/giu;

/** A filter whose value is still to be typed. */
const UNFINISHED = /^[a-z]+(:|>=?|<=?)"?$/iu;

/** Never fails: a half-typed search is searched for as far as it is understood. */
export function parseSearch(text: string): SearchQuery {
  const query: SearchQuery = { words: [], states: null, texts: [], labels: [], bounds: [] };
  for (const match of text.matchAll(TOKEN)) {
    if (UNFINISHED.test(match[0])) continue;
    const quoted = match[3] !== undefined;
    const token: Token = { key: match[1]?.toLowerCase() ?? null, operator: match[2] ?? '', value: match[3] ?? match[4] ?? '', quoted };
    if (!addFilter(query, token)) {
      const word = (quoted && token.key === null ? token.value : match[0].replaceAll('"', '')).toLowerCase();
      if (word !== '') query.words.push(word);
    }
  }
  return query;
}

function addFilter(query: SearchQuery, token: Token): boolean {
  if (token.key === null) return false;
  if (token.operator !== ':') return addBound(query, token);
  if (token.key === 'status' || token.key === 'state') {
    query.states = [...(query.states ?? []), ...token.value.split(',').flatMap((name) => stateNamed(name) ?? [])];
    return true;
  }
  if (token.key === 'label') {
    const at = token.value.indexOf('=');
    query.labels.push(at < 0 ? { key: token.value, value: null } : { key: token.value.slice(0, at), value: token.value.slice(at + 1) });
    return true;
  }
  const field = TEXT_FIELDS.find((name) => name === token.key);
  if (!field) return false;
  query.texts.push({ field, value: token.value.toLowerCase(), whole: token.quoted });
  return true;
}

function addBound(query: SearchQuery, token: Token): boolean {
  const field = BOUND_FIELDS.find((name) => name === token.key);
  const value = field && boundValue(field, token.value);
  if (!field || value === null || value === undefined) return false;
  query.bounds.push({ field, operator: token.operator as BoundOperator, value });
  return true;
}

function boundValue(field: BoundField, text: string): number | null {
  if (field === 'beat' || field === 'since' || field === 'uptime') return parseDuration(text);
  const match = /^(\d*\.?\d+)(%)?$/.exec(text);
  if (!match || (match[2] && field !== 'error')) return null;
  return Number(match[1]) / (match[2] ? 100 : 1);
}

/** By its name or its label, in any spelling of the gap: "token_rejected", "token-rejected", "Starting". */
function stateNamed(name: string): ShownState | undefined {
  const wanted = name.toLowerCase().replaceAll(/[-\s]/g, '_');
  return SHOWN_STATES.find((state) => state === wanted || SHOWN_STATE_LABEL[state].toLowerCase().replaceAll(' ', '_') === wanted);
}
