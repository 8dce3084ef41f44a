import type { Snapshot } from '#lib/contract/snapshot.ts';
import { SNAPSHOTS_KEPT, type SnapshotDetail, type SnapshotRow } from '#lib/contract/snapshots.ts';
import type { Db } from './in-transaction.ts';
import { storableText } from './storable-text.ts';
import type { SnapshotsTable } from './tables.ts';

const LISTED = ['id', 'workspace_id', 'run_id', 'origin', 'taken_at', 'received_at', 'boot_id', 'bytes', 'summary'] as const;
/** More than a workspace can ever have beyond those that stay. */
const PRUNED_AT_ONCE = 1000;

type Listed = Pick<SnapshotsTable, (typeof LISTED)[number]>;

/**
 * Keeps a snapshot, and of its workspace the newest `SNAPSHOTS_KEPT`. What `keep` names stays besides, however old it is,
 * and so does the new one.
 */
export async function insertSnapshot(tx: Db, detail: SnapshotDetail, keep: readonly string[]): Promise<void> {
  const { snapshot, id, workspace_id, run_id, origin, taken_at, received_at, boot_id, bytes, ...summary } = detail;
  await tx
    .insertInto('snapshots')
    .values({
      id,
      workspace_id,
      run_id: storableText(run_id),
      origin,
      taken_at: Math.round(taken_at),
      received_at,
      boot_id: storableText(boot_id),
      bytes,
      summary: JSON.stringify(summary),
      body: JSON.stringify(snapshot),
    })
    .execute();
  const older = await newestFirst(tx, workspace_id).select('id').offset(SNAPSHOTS_KEPT).limit(PRUNED_AT_ONCE).execute();
  const doomed = older.map((row) => row.id).filter((old) => old !== id && !keep.includes(old));
  if (doomed.length > 0) await tx.deleteFrom('snapshots').where('id', 'in', doomed).execute();
}

/** All that are kept of a workspace, newest first, without their bodies. */
export async function snapshotsOf(db: Db, workspaceId: string): Promise<SnapshotRow[]> {
  return (await newestFirst(db, workspaceId).select(LISTED).execute()).map(rowOf);
}

/** One with its body; null when there is none of that id. */
export async function snapshotById(db: Db, id: string): Promise<SnapshotDetail | null> {
  const found = await db.selectFrom('snapshots').selectAll().where('id', '=', id).executeTakeFirst();
  return found ? { ...rowOf(found), snapshot: JSON.parse(found.body) as Snapshot } : null;
}

export interface SnapshotFilter {
  runId?: string;
  bootId?: string;
  /** Received at that time or later, in epoch milliseconds. */
  after?: number;
}

/** The newest of a workspace that fits; null when none does. */
export async function latestSnapshot(
  db: Db,
  workspaceId: string,
  { runId, bootId, after }: SnapshotFilter = {},
): Promise<SnapshotRow | null> {
  let query = newestFirst(db, workspaceId).select(LISTED).limit(1);
  if (runId !== undefined) query = query.where('run_id', '=', runId);
  if (bootId !== undefined) query = query.where('boot_id', '=', bootId);
  if (after !== undefined) query = query.where('received_at', '>=', after);
  const found = await query.executeTakeFirst();
  return found ? rowOf(found) : null;
}

/** The one of the same workspace that came before it; null when it is the oldest. */
export async function snapshotBefore(
  db: Db,
  row: Pick<SnapshotRow, 'id' | 'workspace_id' | 'received_at'>,
): Promise<SnapshotDetail | null> {
  const found = await newestFirst(db, row.workspace_id)
    .selectAll()
    .where((eb) => eb(eb.refTuple('received_at', 'id'), '<', eb.tuple(row.received_at, row.id)))
    .limit(1)
    .executeTakeFirst();
  return found ? { ...rowOf(found), snapshot: JSON.parse(found.body) as Snapshot } : null;
}

/** For a workspace that is removed: nothing of what it said stays. */
export async function removeSnapshotsOf(tx: Db, workspaceId: string): Promise<void> {
  await tx.deleteFrom('snapshots').where('workspace_id', '=', workspaceId).execute();
}

/** The snapshots that the run under way of a workspace was given or has saved: it may yet start from them. */
export async function snapshotsInUse(db: Db, workspaceId: string): Promise<string[]> {
  const runs = await db
    .selectFrom('restart_runs')
    .select('body')
    .where('workspace_id', '=', workspaceId)
    .where('ended_at', 'is', null)
    .execute();
  return runs.flatMap(({ body }) => {
    const { snapshot_id, restore_snapshot_id } = JSON.parse(body) as Record<string, unknown>;
    return [snapshot_id, restore_snapshot_id].filter((id) => typeof id === 'string');
  });
}

function newestFirst(db: Db, workspaceId: string) {
  return db.selectFrom('snapshots').where('workspace_id', '=', workspaceId).orderBy('received_at', 'desc').orderBy('id', 'desc');
}

function rowOf(found: Listed): SnapshotRow {
  const { id, workspace_id, run_id, origin, taken_at, received_at, boot_id, bytes, summary } = found;
  const numbers = JSON.parse(summary) as Omit<SnapshotRow, keyof Listed>;
  return { id, workspace_id, run_id, origin: origin as SnapshotRow['origin'], taken_at, received_at, boot_id, bytes, ...numbers };
}
