import { sql } from 'kysely';
import { type Incident, type IncidentEntry, type IncidentKind, MAX_ENTRIES, type Severity } from '#lib/contract/incidents.ts';
import type { IncidentState } from '#lib/domain/incident-state.ts';
import type { Db } from './in-transaction.ts';
import { storableText } from './storable-text.ts';
import type { IncidentsTable } from './tables.ts';

const ROWS_PER_INSERT = 100;

/** Writes an incident as it is now. A second open one of its key is refused as `conflict` by `inTransaction`. */
export async function saveIncident(tx: Db, incident: IncidentState): Promise<void> {
  const row = rowOf(incident);
  const { id, key: _key, kind: _kind, workspace_id: _workspace, opened_at: _opened, ...columns } = row;
  await tx
    .insertInto('incidents')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .execute();
}

/** The open incident of each key, else the newest closed one. Keys without any are left out. */
export async function incidentsOfKeys(db: Db, keys: readonly string[]): Promise<Map<string, IncidentState>> {
  const found = new Map<string, IncidentState>();
  for (const key of keys) {
    const open = await db.selectFrom('incidents').selectAll().where('key', '=', key).where('closed_at', 'is', null).executeTakeFirst();
    const row = open ?? (await newestOfKey(db, key));
    if (row) found.set(key, incidentOf(row));
  }
  return found;
}

function newestOfKey(db: Db, key: string): Promise<IncidentsTable | undefined> {
  return db
    .selectFrom('incidents')
    .selectAll()
    .where('key', '=', key)
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function incidentById(db: Db, id: string): Promise<IncidentState | null> {
  const row = await db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? incidentOf(row) : null;
}

/** Open incidents of one workspace. */
export async function openIncidentsOf(db: Db, workspaceId: string): Promise<IncidentState[]> {
  const rows = await db
    .selectFrom('incidents')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('closed_at', 'is', null)
    .orderBy('last_at')
    .execute();
  return rows.map(incidentOf);
}

/** Open incidents of these kinds whose newest news are from `from` on and from before `until` (epoch ms). */
export async function openIncidents(
  db: Db,
  { from = 0, until = Number.MAX_SAFE_INTEGER, kinds }: { from?: number; until?: number; kinds: readonly IncidentKind[] },
): Promise<IncidentState[]> {
  const rows = await db
    .selectFrom('incidents')
    .selectAll()
    .where('closed_at', 'is', null)
    .where('last_at', '>=', from)
    .where('last_at', '<', until)
    .where('kind', 'in', kinds)
    .execute();
  return rows.map(incidentOf);
}

/** Open incidents whose newest news are from before the time of their kind (epoch ms); the oldest `limit` of them. */
export async function quietIncidents(db: Db, untilOf: Partial<Record<IncidentKind, number>>, limit: number): Promise<IncidentState[]> {
  const cases = Object.entries(untilOf).map(([kind, until]) => sql`when ${kind} then cast(${until} as bigint)`);
  const rows = await db
    .selectFrom('incidents')
    .selectAll()
    .where('closed_at', 'is', null)
    // Says nothing new; it leads to the index of what is open, and past the one of all that ever was of a kind.
    .where('last_at', '<', Math.max(...Object.values(untilOf)))
    .where(sql<boolean>`last_at < case kind ${sql.join(cases, sql` `)} else 0 end`)
    .orderBy('last_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(incidentOf);
}

/** Of how many workspaces there are open incidents that `id` swallowed. */
export async function countAway(db: Db, id: string): Promise<number> {
  const { away } = await db
    .selectFrom('incidents')
    .select(({ fn }) => fn.count('workspace_id').distinct().as('away'))
    .where('part_of', '=', id)
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(away);
}

/** The open incidents that `id` swallowed. */
export async function openPartsOf(db: Db, id: string): Promise<IncidentState[]> {
  const rows = await db.selectFrom('incidents').selectAll().where('part_of', '=', id).where('closed_at', 'is', null).execute();
  return rows.map(incidentOf);
}

export interface StoredEntry extends IncidentEntry {
  incident_id: string;
}

/** Adds entries, and keeps the newest 50 of each incident. */
export async function addEntries(tx: Db, entries: readonly StoredEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += ROWS_PER_INSERT) {
    const rows = entries.slice(from, from + ROWS_PER_INSERT).map(({ id, incident_id, at, kind, text, attachments }) => ({
      id,
      incident_id,
      at,
      kind,
      body: JSON.stringify({ text, attachments }),
    }));
    await tx.insertInto('incident_entries').values(rows).execute();
  }
  for (const incidentId of new Set(entries.map((entry) => entry.incident_id))) await keepNewest(tx, incidentId);
}

async function keepNewest(tx: Db, incidentId: string): Promise<void> {
  const oldestKept = tx
    .selectFrom('incident_entries')
    .select('id')
    .where('incident_id', '=', incidentId)
    .orderBy('id', 'desc')
    .limit(1)
    .offset(MAX_ENTRIES - 1);
  await tx.deleteFrom('incident_entries').where('incident_id', '=', incidentId).where('id', '<', oldestKept).execute();
}

/** Newest first. */
export async function entriesOf(db: Db, incidentId: string): Promise<IncidentEntry[]> {
  const rows = await db.selectFrom('incident_entries').selectAll().where('incident_id', '=', incidentId).orderBy('id', 'desc').execute();
  return rows.map(({ id, at, kind, body }) => ({
    id,
    at,
    kind: kind as IncidentEntry['kind'],
    ...(JSON.parse(body) as Pick<IncidentEntry, 'text' | 'attachments'>),
  }));
}

/** Removes incidents that were closed before `before`, with their entries and who read them; answers how many. */
export async function pruneIncidents(tx: Db, before: number): Promise<number> {
  // An incident is closed after its last news: the index by time finds the candidates.
  const old = tx.selectFrom('incidents').select('id').where('last_at', '<', before).where('closed_at', '<', before);
  await tx.deleteFrom('incident_entries').where('incident_id', 'in', old).execute();
  await tx.deleteFrom('inbox_reads').where('incident_id', 'in', old).execute();
  const result = await tx.deleteFrom('incidents').where('id', 'in', old).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Keeps who takes care of it, and nothing else of it. */
export async function saveAssignee(tx: Db, incident: IncidentState): Promise<void> {
  const { id, assignee_id } = incident;
  await tx
    .updateTable('incidents')
    .set({ assignee_id, body: bodyOf(incident) })
    .where('id', '=', id)
    .execute();
}

export function shownIncident({ key: _key, facts: _facts, told_at: _told, failed_ids: _failed, ...incident }: IncidentState): Incident {
  return incident;
}

type Columns = Exclude<keyof IncidentsTable, 'body'>;

function bodyOf(incident: IncidentState): string {
  const { workspace_name, workspace_ids, closed_why, delegation_id, run_id, queue_id, trace_id, assignee_name, told_at, failed_ids } =
    incident;
  const body: Omit<IncidentState, Columns> = {
    workspace_name,
    workspace_ids,
    closed_why,
    delegation_id,
    run_id,
    queue_id,
    trace_id,
    assignee_name,
    told_at,
    failed_ids,
  };
  return JSON.stringify(body);
}

function rowOf(incident: IncidentState): IncidentsTable {
  const { id, key, facts, kind, severity, workspace_id, title, detail, count, opened_at, last_at, closed_at, assignee_id, part_of, rev } =
    incident;
  return {
    ...{ id, key, facts, kind, severity, workspace_id, count, opened_at, last_at, closed_at, assignee_id, part_of, rev },
    title: storableText(title),
    detail: storableText(detail),
    body: bodyOf(incident),
  };
}

export function incidentOf({ body, kind, severity, ...columns }: IncidentsTable): IncidentState {
  const rest = JSON.parse(body) as Omit<IncidentState, Columns>;
  return { ...rest, ...columns, kind: kind as IncidentKind, severity: severity as Severity };
}
