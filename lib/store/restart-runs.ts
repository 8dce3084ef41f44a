import { sql } from 'kysely';
import { CanvasError } from '#lib/contract/errors.ts';
import type { RunKind, RunStep } from '#lib/contract/restart-steps.ts';
import type { RunStamp } from '#lib/contract/restarts.ts';
import type { RunState } from '#lib/domain/restart-run.ts';
import type { Db } from './in-transaction.ts';
import type { RestartRunsTable } from './tables.ts';

export interface RunPage {
  rows: RunState[];
  /** Cursor of the next, older page; null on the last. */
  next: string | null;
}

/** A second run of a workspace that has an open one is refused as `conflict` by `inTransaction`. */
export async function insertRun(tx: Db, run: RunState): Promise<void> {
  await tx.insertInto('restart_runs').values(rowOf(run)).execute();
}

export async function updateRun(tx: Db, run: RunState): Promise<void> {
  const { id, ...columns } = rowOf(run);
  await tx.updateTable('restart_runs').set(columns).where('id', '=', id).execute();
}

/** Stamps go one after another: `position` is how many came before. */
export async function insertStamp(tx: Db, runId: string, stamp: RunStamp): Promise<void> {
  const { position } = await tx
    .selectFrom('restart_steps')
    .select((eb) => eb.fn.countAll<number>().as('position'))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('restart_steps')
    .values({ run_id: runId, position: Number(position), step: stamp.step, at: stamp.at, detail: JSON.stringify(stamp.detail) })
    .execute();
}

/** The stamps of a run, in their order. */
export async function stampsOf(db: Db, runId: string): Promise<RunStamp[]> {
  const rows = await db.selectFrom('restart_steps').selectAll().where('run_id', '=', runId).orderBy('position').execute();
  return rows.map(({ step, at, detail }) => ({ step: step as RunStep, at, detail: JSON.parse(detail) as Record<string, unknown> }));
}

/** Every run that has not ended, oldest first. */
export async function openRuns(db: Db): Promise<RunState[]> {
  const rows = await db
    .selectFrom('restart_runs')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('requested_at')
    .orderBy('id')
    .execute();
  return rows.map(runOf);
}

export async function runById(db: Db, id: string): Promise<RunState | null> {
  const row = await db.selectFrom('restart_runs').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? runOf(row) : null;
}

/** Newest first; of one workspace when it is named. Rejects with `bad_request` for a cursor that this did not make. */
export async function runsPage(
  db: Db,
  page: { workspaceId?: string | undefined; active?: boolean | undefined; limit: number; cursor?: string | undefined },
): Promise<RunPage> {
  let query = db
    .selectFrom('restart_runs')
    .selectAll()
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.workspaceId !== undefined) query = query.where('workspace_id', '=', page.workspaceId);
  if (page.active !== undefined) query = query.where('ended_at', page.active ? 'is' : 'is not', null);
  if (page.cursor !== undefined) {
    const { requested_at, id } = readCursor(page.cursor);
    query = query.where(sql<boolean>`(requested_at, id) < (${requested_at}, ${id})`);
  }
  const found = await query.execute();
  const rows = found.slice(0, page.limit);
  const last = rows.at(-1);
  const next = last && found.length > rows.length ? Buffer.from(`${last.requested_at} ${last.id}`).toString('base64url') : null;
  return { rows: rows.map(runOf), next };
}

/** The newest run of a workspace; null: it had none. */
export async function newestRun(db: Db, workspaceId: string, ended: boolean | null = null): Promise<RunState | null> {
  const { rows } = await runsPage(db, { workspaceId, limit: 1, active: ended === null ? undefined : !ended });
  return rows[0] ?? null;
}

/** The run of the same workspace that came right before; null: it was the first. */
export async function runBefore(db: Db, run: Pick<RunState, 'id' | 'workspace_id' | 'requested_at'>): Promise<RunState | null> {
  const row = await db
    .selectFrom('restart_runs')
    .selectAll()
    .where('workspace_id', '=', run.workspace_id)
    .where(sql<boolean>`(requested_at, id) < (${run.requested_at}, ${run.id})`)
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? runOf(row) : null;
}

/**
 * Removes runs that were asked for before `before` and have ended, with their steps; answers how many. The newest of a
 * workspace stays: it says how the workspace came to run.
 */
export async function pruneRuns(tx: Db, before: number): Promise<number> {
  const old = tx
    .selectFrom('restart_runs')
    .select('id')
    .where('requested_at', '<', before)
    .where('ended_at', 'is not', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('restart_runs as newer')
          .select('newer.id')
          .whereRef('newer.workspace_id', '=', 'restart_runs.workspace_id')
          .where(sql<boolean>`(newer.requested_at, newer.id) > (restart_runs.requested_at, restart_runs.id)`),
      ),
    );
  await tx.deleteFrom('restart_steps').where('run_id', 'in', old).execute();
  const result = await tx.deleteFrom('restart_runs').where('id', 'in', old).executeTakeFirst();
  return Number(result.numDeletedRows);
}

function rowOf(run: RunState): RestartRunsTable {
  const { id, workspace_id, kind, state, bulk_id, group_id, requested_at, ended_at, rev, ...body } = run;
  return { id, workspace_id, kind, state, bulk_id, group_id, requested_at, ended_at, rev, body: JSON.stringify(body) };
}

function runOf({ body, kind, state, ...columns }: RestartRunsTable): RunState {
  const rest = JSON.parse(body) as Omit<RunState, keyof RestartRunsTable>;
  return { ...rest, ...columns, kind: kind as RunKind, state: state as RunStep };
}

function readCursor(cursor: string): { requested_at: number; id: string } {
  const [, time, id] = /^(\d{1,15}) ([A-Za-z0-9-]+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (time === undefined || id === undefined) {
    throw new CanvasError(
      'bad_request',
      'This cursor is not one that a page of runs answered with. Ask for the first page, without a cursor.',
    );
  }
  return { requested_at: Number(time), id };
}
