import { type ExpressionBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { CanvasError } from '#lib/contract/errors.ts';
import type { InboxPage } from '#lib/contract/inbox.ts';
import type { IncidentKind } from '#lib/contract/incidents.ts';
import type { IncidentState } from '#lib/domain/incident-state.ts';
import { decodeCursor, encodeCursor } from '#lib/domain/page-cursor.ts';
import type { Db } from './in-transaction.ts';
import { incidentOf } from './incidents.ts';
import type { IncidentsTable, Tables } from './tables.ts';

/** Whose inbox, and when it is read: what is muted depends on it. */
export interface Reader {
  personId: string;
  now: number;
}

export interface InboxFilter {
  view: 'unread' | 'open' | 'mine' | 'all';
  workspace?: string | undefined;
  kind?: IncidentKind | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface InboxRow {
  incident: IncidentState;
  unread: boolean;
  muted_by: string | null;
}

/** In `inbox_reads`, the row that stands for all incidents: a person has read whatever has no row of its own up to its `read_rev`. */
const EVERYTHING = '';
const SORT = 'inbox';
/** Above it a count says no more than that there are many; counting on would read the whole table. */
const MAX_COUNT = 1000;
/** So many ids at once can be given back to make them unread again. */
const MAX_TAKEN_BACK = 500;

type Incidents = ExpressionBuilder<Tables, 'incidents'>;

/** Incidents as a person sees them, those with the newest news first. Rejects with `bad_request` for a cursor that this did not make. */
export async function inboxPage(db: Db, reader: Reader, filter: InboxFilter): Promise<{ rows: InboxRow[]; next: string | null }> {
  let query = seenBy(db.selectFrom('incidents'), reader)
    .selectAll('incidents')
    .orderBy('incidents.last_at', 'desc')
    .orderBy('incidents.id', 'desc')
    .limit(filter.limit + 1);
  if (filter.view === 'unread') {
    const few = await unreadIds(db, reader, { limit: MAX_COUNT });
    if (few.length === 0) return { rows: [], next: null };
    // Many are met soon on a walk by time; a few among thousands that were read are not.
    query = few.length < MAX_COUNT ? query.where('incidents.id', 'in', few) : query.where(isUnread(reader));
  }
  if (filter.view === 'open') query = query.where('incidents.closed_at', 'is', null).where('incidents.part_of', 'is', null);
  if (filter.view === 'mine') query = query.where('incidents.assignee_id', '=', reader.personId);
  if (filter.workspace !== undefined) query = query.where('incidents.workspace_id', '=', filter.workspace);
  if (filter.kind !== undefined) query = query.where('incidents.kind', '=', filter.kind);
  if (filter.cursor !== undefined) {
    const { last_at, id } = readCursor(filter.cursor);
    query = query.where(sql<boolean>`(incidents.last_at, incidents.id) < (${last_at}, ${id})`);
  }
  const found = await query.execute();
  const rows = found.slice(0, filter.limit);
  const last = rows.at(-1);
  const next = last && found.length > rows.length ? encodeCursor(SORT, { rank: last.last_at, text: '', id: last.id }) : null;
  return { rows: rows.map(rowOf), next };
}

/** One incident as a person sees it; null: there is none of that id. */
export async function inboxItem(db: Db, reader: Reader, id: string): Promise<InboxRow | null> {
  const row = await seenBy(db.selectFrom('incidents'), reader).selectAll('incidents').where('incidents.id', '=', id).executeTakeFirst();
  return row ? rowOf(row) : null;
}

/** Each at most 1,000: more is said as that. */
export async function inboxCounts(db: Db, reader: Reader): Promise<InboxPage['counts']> {
  const incidents = () => db.selectFrom('incidents').select('incidents.id').limit(MAX_COUNT);
  const open = incidents().where('incidents.closed_at', 'is', null).where('incidents.part_of', 'is', null);
  const mine = incidents().where('incidents.assignee_id', '=', reader.personId);
  return {
    unread: (await unreadIds(db, reader, { limit: MAX_COUNT })).length,
    unread_alerts: (await unreadIds(db, reader, { limit: MAX_COUNT, alerts: true })).length,
    open: (await open.execute()).length,
    mine: (await mine.execute()).length,
  };
}

/** Marks incidents as read up to the news they have now, or as unread; answers those that changed by it. */
export async function markRead(tx: Db, reader: Reader, ids: readonly string[], read: boolean): Promise<string[]> {
  const found = await tx
    .selectFrom('incidents')
    .select(['id', 'rev'])
    .select((eb) => readRev(eb, reader).as('read_rev'))
    .where('id', 'in', [...new Set(ids)])
    .execute();
  const changed = found.filter(({ rev, read_rev }) => Number(read_rev) >= rev !== read);
  if (changed.length === 0) return [];
  await tx
    .insertInto('inbox_reads')
    .values(changed.map(({ id, rev }) => ({ person_id: reader.personId, incident_id: id, read_rev: read ? rev : 0 })))
    .onConflict((conflict) =>
      conflict.columns(['person_id', 'incident_id']).doUpdateSet((eb) => ({ read_rev: eb.ref('excluded.read_rev') })),
    )
    .execute();
  return changed.map(({ id }) => id);
}

/**
 * Everything whose newest news were filed up to `before` is read; answers what was unread until then, the newest 500.
 * One row for all of them, however many they are.
 */
export async function markAllRead(tx: Db, reader: Reader, before: number): Promise<string[]> {
  const unread = await unreadIds(tx, reader, { before, limit: MAX_TAKEN_BACK });
  await tx
    .deleteFrom('inbox_reads')
    .where('person_id', '=', reader.personId)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('incidents').select('id').whereRef('incidents.id', '=', 'inbox_reads.incident_id').where('rev', '<=', before)),
    )
    .execute();
  await tx
    .insertInto('inbox_reads')
    .values({ person_id: reader.personId, incident_id: EVERYTHING, read_rev: before })
    .onConflict((conflict) =>
      conflict
        .columns(['person_id', 'incident_id'])
        .doUpdateSet({ read_rev: sql`case when inbox_reads.read_rev > ${before} then inbox_reads.read_rev else ${before} end` }),
    )
    .execute();
  return unread;
}

/**
 * Those that a person has not read, newest news first: what came after everything that they read at once, and what they
 * made unread again of that. Both are found along an index, however many they have read. `alerts`: only those that need a
 * person, found along an index of their own, however many only tell something.
 */
async function unreadIds(
  db: Db,
  reader: Reader,
  { before = Number.MAX_SAFE_INTEGER, limit, alerts = false }: { before?: number; limit: number; alerts?: boolean },
): Promise<string[]> {
  const row = await db
    .selectFrom('inbox_reads')
    .select('read_rev')
    .where('person_id', '=', reader.personId)
    .where('incident_id', '=', EVERYTHING)
    .executeTakeFirst();
  const readUpTo = row?.read_rev ?? 0;
  const unread = db
    .selectFrom('incidents')
    .select('incidents.id')
    .where(isUnread(reader))
    .where('incidents.rev', '<=', before)
    .orderBy('incidents.rev', 'desc')
    .limit(limit)
    // A literal: an index that holds only some rows is not taken for a value that is known later.
    .$if(alerts, (query) => query.where(sql<boolean>`incidents.severity <> 'info'`));
  const news = await unread.where('incidents.rev', '>', readUpTo).execute();
  const again = db.selectFrom('inbox_reads').select('incident_id').where('person_id', '=', reader.personId).where('read_rev', '=', 0);
  const older = await unread.where('incidents.rev', '<=', readUpTo).where('incidents.id', 'in', again).execute();
  return [...news, ...older].slice(0, limit).map(({ id }) => id);
}

function seenBy(from: SelectQueryBuilder<Tables, 'incidents', object>, reader: Reader) {
  return from
    .select((eb) => readRev(eb, reader).as('read_rev'))
    .select((eb) => mutesFor(eb, reader).select('mutes.id').orderBy('mutes.created_at').limit(1).as('muted_by'));
}

/** Up to which `rev` this person has read it. */
function readRev(eb: Incidents, { personId }: Reader) {
  const of = (incident: Parameters<typeof eb.val>[0] | ReturnType<typeof eb.ref<'incidents.id'>>) =>
    eb
      .selectFrom('inbox_reads')
      .select('read_rev')
      .where('person_id', '=', personId)
      .where('incident_id', '=', incident as string);
  return eb.fn.coalesce(of(eb.ref('incidents.id')), of(EVERYTHING), sql<number>`0`);
}

function mutesFor(eb: Incidents, { personId, now }: Reader) {
  return eb
    .selectFrom('mutes')
    .where('mutes.person_id', '=', personId)
    .where((m) => m.or([m('mutes.until', 'is', null), m('mutes.until', '>', now)]))
    .where((m) => m.or([m('mutes.workspace_id', 'is', null), m('mutes.workspace_id', '=', m.ref('incidents.workspace_id'))]))
    .where((m) => m.or([m('mutes.kind', 'is', null), m('mutes.kind', '=', m.ref('incidents.kind'))]));
}

/** Has news for this person: not read, not muted, and not said by an incident about many. */
function isUnread(reader: Reader) {
  return (eb: Incidents) =>
    eb.and([
      eb('incidents.part_of', 'is', null),
      eb('incidents.rev', '>', readRev(eb, reader)),
      eb.not(eb.exists(mutesFor(eb, reader).select('mutes.id'))),
    ]);
}

function rowOf({ read_rev, muted_by, ...row }: IncidentsTable & { read_rev: number; muted_by: string | null }): InboxRow {
  const incident = incidentOf(row);
  return { incident, unread: incident.part_of === null && muted_by === null && incident.rev > Number(read_rev), muted_by };
}

function readCursor(cursor: string): { last_at: number; id: string } {
  const position = decodeCursor(SORT, cursor);
  if (position === null || position.rank === null || !/^[\w-]{1,64}$/.test(position.id)) {
    throw new CanvasError(
      'bad_request',
      'This cursor is not one that a page of the inbox answered with. Ask for the first page, without a cursor.',
    );
  }
  return { last_at: position.rank, id: position.id };
}
