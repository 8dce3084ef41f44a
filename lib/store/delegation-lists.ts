import { type SelectQueryBuilder, sql } from 'kysely';
import type { DelegationRow, DelegationState } from '#lib/contract/delegations.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { isEnded } from '#lib/domain/delegation-run.ts';
import { delegationOf } from './delegations.ts';
import type { Db } from './in-transaction.ts';
import type { DelegationsTable, Tables } from './tables.ts';

/** Delegations that are looked through for a text, and how many at a time. */
const SEARCHED = 20_000;
const SEARCHED_AT_ONCE = 1000;

/** Of all delegations; an absent one filters nothing. */
export interface DelegationFilter {
  states?: readonly DelegationState[] | undefined;
  /** Only such that have not ended: they are found along an index of their own. */
  open?: boolean | undefined;
  ids?: readonly string[] | undefined;
  source?: string | undefined;
  target?: string | undefined;
  /** At either end. */
  workspace?: string | undefined;
  trace?: string | undefined;
  /** In the summary, any case; of the newest 20,000 that fit the rest. */
  text?: string | undefined;
}

export interface DelegationPage {
  rows: DelegationRow[];
  /** Cursor of the next, older page; null on the last. One of a search may have few rows, or none, and another after it. */
  next: string | null;
}

const HEAD = ['id', 'created_at', 'summary'] as const;
type Head = Pick<DelegationsTable, (typeof HEAD)[number]>;
type Place = Pick<Head, 'created_at' | 'id'>;
/** What lets a part of the wanted ones through, so that they are found along one index in their order. */
type Walk = (query: SelectQueryBuilder<Tables, 'delegations', Head>) => SelectQueryBuilder<Tables, 'delegations', Head>;

/** The delegations that a workspace gave, newest first. Rejects with `bad_request` for a cursor that this did not make. */
export function delegationsOf(db: Db, sourceId: string, page: { limit: number; cursor?: string | undefined }): Promise<DelegationPage> {
  return delegationsPage(db, { source: sourceId }, page);
}

/** Those that a filter lets through, newest first. Rejects with `bad_request` for a cursor that this did not make. */
export async function delegationsPage(
  db: Db,
  filter: DelegationFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<DelegationPage> {
  const walks = walksOf(filter);
  const after = cursor === undefined ? null : readCursor(cursor);
  const wanted = filter.text?.toLowerCase() ?? '';
  const { heads, next } = wanted === '' ? await pageOf(db, walks, after, limit) : await searched(db, walks, after, limit, wanted);
  return { rows: await rowsOf(db, heads), next: next && cursorAt(next) };
}

async function pageOf(db: Db, walks: readonly Walk[], after: Place | null, limit: number) {
  const found = await newest(db, walks, after, limit + 1);
  const heads = found.slice(0, limit);
  return { heads, next: found.length > limit ? (heads.at(-1) ?? null) : null };
}

/** Compared here: SQLite knows the case of ASCII only. */
async function searched(db: Db, walks: readonly Walk[], after: Place | null, limit: number, wanted: string) {
  const found: Head[] = [];
  let from = after;
  for (let count = 0; count < SEARCHED; count += SEARCHED_AT_ONCE) {
    const looked = await newest(db, walks, from, SEARCHED_AT_ONCE);
    found.push(...looked.filter(({ summary }) => summary.toLowerCase().includes(wanted)));
    const heads = found.slice(0, limit);
    if (found.length > limit) return { heads, next: heads.at(-1) ?? null };
    if (looked.length < SEARCHED_AT_ONCE) return { heads, next: null };
    from = looked.at(-1) ?? from;
  }
  return { heads: found, next: from };
}

/** The newest of those that any of the walks lets through. The database merges them: it alone knows its order of ids. */
async function newest(db: Db, walks: readonly Walk[], after: Place | null, limit: number): Promise<Head[]> {
  const [first, ...rest] = walks.map((walk) => {
    const all = walk(db.selectFrom('delegations').select(HEAD));
    const some = after === null ? all : all.where(sql<boolean>`(created_at, id) < (${after.created_at}, ${after.id})`);
    return some.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  });
  if (first === undefined) return [];
  if (rest.length === 0) return first.execute();
  const part = (walk: typeof first) => db.selectFrom(walk.as('part')).selectAll();
  const merged = rest.reduce((all, walk) => all.unionAll(part(walk)), part(first));
  return db.selectFrom(merged.as('merged')).selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

async function rowsOf(db: Db, heads: readonly Head[]): Promise<DelegationRow[]> {
  if (heads.length === 0) return [];
  const ids = heads.map(({ id }) => id);
  const rows = await db.selectFrom('delegations').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, delegationOf(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function walksOf({ states, open, ids, source, target, workspace, trace }: DelegationFilter): Walk[] {
  const rest: Walk = (query) => {
    let some = query;
    if (open === true) some = some.where('ended_at', 'is', null);
    if (ids !== undefined) some = some.where('id', 'in', ids.length === 0 ? [''] : [...ids]);
    if (source !== undefined) some = some.where('source_id', '=', source);
    if (target !== undefined) some = some.where('target_id', '=', target);
    if (trace !== undefined) some = some.where('trace_id', '=', trace);
    return some;
  };
  const ends: Walk[] =
    workspace === undefined
      ? [rest]
      : [
          (query) => rest(query).where('source_id', '=', workspace),
          (query) => rest(query).where('target_id', '=', workspace).where('source_id', '!=', workspace),
        ];
  if (states === undefined) return ends;
  if ([ids, source, target, workspace, trace].some((one) => one !== undefined)) {
    return ends.map((end) => (query) => end(query).where('status', 'in', states.length === 0 ? [''] : [...states]));
  }
  return [...new Set(states)].map(
    (state) => (query) =>
      rest(query)
        .where('status', '=', state)
        .where('ended_at', isEnded(state) ? 'is not' : 'is', null),
  );
}

function cursorAt({ created_at, id }: Place): string {
  return Buffer.from(`${created_at} ${id}`).toString('base64url');
}

function readCursor(cursor: string): Place {
  const [, time, id] = /^(\d{1,15}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (time === undefined || id === undefined || id.includes('\u0000')) {
    throw new CanvasError(
      'bad_request',
      'This cursor is not one that a page of delegations answered with. Ask for the first page, without a cursor.',
    );
  }
  return { created_at: Number(time), id };
}
