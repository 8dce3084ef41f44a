import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import {
  type ListedRun,
  type RestartPage,
  type RestartPreview,
  type RestartRunDetail,
  restartsQuerySchema,
} from '#lib/contract/restarts.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import type { RunState } from '#lib/domain/restart-run.ts';
import { delegationsPage } from '#lib/store/delegation-lists.ts';
import { newestRun, runById, runsPage } from '#lib/store/restart-runs.ts';
import { allowOperator } from './allow.ts';
import { shownDelegations } from './delegation-view.ts';
import type { Deps } from './deps.ts';
import { canStop, queueOf, runDetail, shownRun } from './run-view.ts';
import { readVerb } from './verb.ts';

const MAX_DELEGATIONS = 20;
const byId = z.object({ id: workspaceIdSchema });
const byRun = z.object({ run: z.string().min(1).max(64) });

/** A run, as it is now. Rejects with `not_found`. */
async function runOf(deps: Deps, id: string): Promise<RunState> {
  const run = deps.runs.byId(id)?.run ?? (await runById(deps.store.db, id));
  if (run) return run;
  throw new CanvasError('not_found', `There is no restart run ${id}.`);
}

export const getRestart = readVerb({
  name: 'getRestart',
  input: byRun,
  allow: allowOperator,
  run: async ({ deps }, { run }): Promise<RestartRunDetail> => runDetail(deps, await runOf(deps, run)),
});

export const listRestarts = readVerb({
  name: 'listRestarts',
  input: restartsQuerySchema,
  allow: allowOperator,
  run: ({ deps, now }, query) => pageOf(deps, now, query),
});

export const workspaceRestarts = readVerb({
  name: 'workspaceRestarts',
  input: byId.and(restartsQuerySchema),
  allow: (actor, { id }, deps) => {
    allowOperator(actor);
    deps.fleet.get(id);
  },
  run: ({ deps, now }, { id, ...query }) => pageOf(deps, now, query, id),
});

async function pageOf(deps: Deps, now: number, query: z.output<typeof restartsQuerySchema>, workspaceId?: string): Promise<RestartPage> {
  const { active, limit, cursor } = query;
  const { rows, next } = await runsPage(deps.store.db, {
    workspaceId,
    active: active === undefined ? undefined : active === 'true',
    limit,
    cursor,
  });
  const listed = async (run: RunState): Promise<ListedRun> => ({ ...shownRun(deps, run), queue: await queueOf(deps, run) });
  return { items: await Promise.all(rows.map((row) => listed(deps.runs.byId(row.id)?.run ?? row))), next, now };
}

/** What the sheet shows before anybody decides. */
export const restartPreview = readVerb({
  name: 'restartPreview',
  input: byId,
  allow: (actor, { id }, deps) => {
    allowOperator(actor);
    deps.fleet.get(id);
  },
  run: async ({ deps, now }, { id }): Promise<RestartPreview> => {
    const live = deps.fleet.get(id);
    const can = canStop(deps, live);
    const open = deps.runs.of(id)?.run ?? null;
    const last = await newestRun(deps.store.db, id, true);
    const waited = await delegationsPage(deps.store.db, { source: id, open: true }, { limit: MAX_DELEGATIONS });
    const paused = live.facts.status === 'paused';
    return {
      workspace_id: id,
      now,
      can_restart: can && !paused,
      can_drain: !paused && live.facts.last_beat_at !== null,
      why_not: paused
        ? 'It is paused: resume it.'
        : can
          ? ''
          : 'Canvas did not start it, so it cannot stop or start it. It can be drained; the run then waits for the process that you start.',
      in_flight: live.facts.drain?.in_flight ?? [],
      active_tasks: live.facts.active_tasks,
      current_task: live.facts.current_task,
      delegations: await shownDelegations(deps, waited.rows),
      run: open && (await runDetail(deps, open)),
      last_run: last && (await runDetail(deps, last)),
    };
  },
});
