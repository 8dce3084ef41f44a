import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { pauseSchema, restartSchema, resumeSchema } from '#lib/contract/restarts.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { isStarting } from '#lib/domain/run-choices.ts';
import { newId } from '#lib/store/new-id.ts';
import { newestRun, runById } from '#lib/store/restart-runs.ts';
import { snapshotById } from '#lib/store/snapshots.ts';
import { eventActorOf } from './actor.ts';
import { allowOperator } from './allow.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import type { Begun, RunRequest } from './new-run.ts';
import { canStop, choicesOf, leftOf } from './run-view.ts';
import { writeVerb } from './verb.ts';

const byId = z.object({ id: workspaceIdSchema });
const byRun = z.object({ run: z.string().min(1).max(64) });

function onlyDrained(live: LiveWorkspace): CanvasError {
  return new CanvasError(
    'conflict',
    `Canvas did not start ${live.row.name}, so it cannot stop or start it. Drain it (drain_only), then restart it where it runs.`,
  );
}

/** Drain, save, stop, start, restore; or the drain alone. Answers the id of the run, a new one or the one under way. */
export const restartWorkspace = writeVerb({
  name: 'restartWorkspace',
  input: byId.and(restartSchema),
  allow: (actor, input, deps) => {
    allowOperator(actor);
    const live = deps.fleet.get(input.id);
    if (!canStop(deps, live) && !input.drain_only && input.restore_snapshot_id) throw onlyDrained(live);
    if (!canStop(deps, live) && live.facts.last_beat_at === null)
      throw new CanvasError(
        'conflict',
        `${live.row.name} was never connected: there is nothing to drain or restart. Connect its agent first.`,
      );
    if (live.facts.status === 'paused' && !deps.runs.of(input.id) && !input.restore_snapshot_id)
      throw new CanvasError('conflict', `${live.row.name} is paused: nothing runs that could be restarted. Resume it instead.`);
  },
  run: async ({ actor, now, tx, deps }, input) => {
    if (input.restore_snapshot_id) {
      const snapshot = await snapshotById(tx, input.restore_snapshot_id);
      if (snapshot?.workspace_id !== input.id)
        throw new CanvasError('not_found', `Workspace ${input.id} has no snapshot ${input.restore_snapshot_id}.`);
    }
    const paused = deps.fleet.get(input.id).facts.status === 'paused' && !deps.runs.of(input.id);
    const kind = paused ? ('resume' as const) : input.drain_only ? ('drain' as const) : ('restart' as const);
    const begun = await deps.runs.beginIn(
      tx,
      {
        workspaceId: input.id,
        kind,
        origin: 'request',
        actor: eventActorOf(actor),
        reason: input.reason ?? null,
        deadlineSeconds: input.deadline_seconds,
        force: input.force,
        restoreSnapshotId: input.restore_snapshot_id ?? null,
      },
      now,
    );
    return {
      result: { id: begun.id, joined: begun.joined },
      events: begun.events,
      audit: { workspace_id: input.id, detail: { run_id: begun.id, kind, force: input.force, deadline_seconds: input.deadline_seconds } },
      committed: begun.commit,
    };
  },
});

/** Pauses it and, unless told otherwise, all below it: children first. What is paused already, or not ours to stop, is left out. */
export const pauseWorkspace = writeVerb({
  name: 'pauseWorkspace',
  input: byId.and(pauseSchema),
  allow: (actor, input, deps) => {
    allowOperator(actor);
    const live = deps.fleet.get(input.id);
    if (!canStop(deps, live)) throw onlyDrained(live);
    if (live.facts.status === 'paused' && !deps.runs.of(input.id))
      throw new CanvasError('conflict', `${live.row.name} is paused already. Resume it, or leave it.`);
  },
  run: async ({ actor, now, tx, deps }, input) => {
    const members = (input.subtree ? deps.fleet.subtree(input.id) : [deps.fleet.get(input.id)]).filter(
      (live) => canStop(deps, live) && (live.row.id === input.id || live.facts.status !== 'paused'),
    );
    return group(deps, tx, now, members, input.id, (live, ids) => ({
      workspaceId: live.row.id,
      kind: 'pause',
      origin: 'request',
      actor: eventActorOf(actor),
      reason: input.reason ?? null,
      deadlineSeconds: input.deadline_seconds,
      force: input.force,
      after: deps.fleet.childrenOf(live.row.id).flatMap((child) => ids.get(child.row.id) ?? []),
    }));
  },
});

/** Starts what is paused, or failed, or has ended, and what is paused below it: parents first. */
export const resumeWorkspace = writeVerb({
  name: 'resumeWorkspace',
  input: byId.and(resumeSchema),
  allow: (actor, input, deps) => {
    allowOperator(actor);
    const live = deps.fleet.get(input.id);
    if (!canStop(deps, live)) throw onlyDrained(live);
    if (!['paused', 'failed', 'offline'].includes(live.facts.status) && !deps.runs.of(input.id))
      throw new CanvasError('conflict', `${live.row.name} is ${live.facts.status}: there is nothing to resume.`);
    if (live.facts.status === 'offline' && live.instance?.state === 'running' && !deps.runs.of(input.id))
      throw new CanvasError('conflict', `The process of ${live.row.name} runs, and is silent. Restart it instead: that ends it first.`);
  },
  run: async ({ actor, now, tx, deps }, input) => {
    const members = (input.subtree ? deps.fleet.subtree(input.id).reverse() : [deps.fleet.get(input.id)]).filter(
      (live) => canStop(deps, live) && (live.row.id === input.id || live.facts.status === 'paused'),
    );
    return group(deps, tx, now, members, input.id, (live, ids) => ({
      workspaceId: live.row.id,
      kind: 'resume',
      origin: 'request',
      actor: eventActorOf(actor),
      reason: input.reason ?? null,
      deadlineSeconds: null,
      after: live.row.id === input.id || live.row.parent_id === null ? [] : [ids.get(live.row.parent_id) ?? []].flat(),
    }));
  },
});

/** One run for each member, in the given order; `requestOf` names the runs that go before it by their workspaces. */
async function group(
  deps: Deps,
  tx: Parameters<typeof runById>[0],
  now: number,
  members: LiveWorkspace[],
  root: string,
  requestOf: (live: LiveWorkspace, ids: ReadonlyMap<string, string>) => RunRequest,
) {
  const ids = new Map(members.map((live) => [live.row.id, deps.runs.of(live.row.id)?.run.id ?? newId()]));
  const groupId = members.length > 1 ? newId() : null;
  const begun: Begun[] = [];
  for (const live of members) {
    const id = ids.get(live.row.id);
    begun.push(await deps.runs.beginIn(tx, { ...requestOf(live, ids), groupId, ...(id ? { id } : {}) }, now));
  }
  return {
    result: { id: ids.get(root) ?? '', runs: begun.map((one) => one.id) },
    events: begun.flatMap((one) => one.events),
    audit: { workspace_id: root, detail: { runs: begun.map((one) => one.id) } },
    committed: () => {
      for (const one of begun) one.commit();
    },
  };
}

/** Ends a run whose process has not been stopped yet. */
export const cancelRestart = writeVerb({
  name: 'cancelRestart',
  input: byRun,
  allow: allowOperator,
  run: async ({ actor, now, tx, deps }, { run: id }) => {
    const { held, detail } = await choosable(deps, tx, id, 'cancel', 'cancelled');
    const by = eventActorOf(actor);
    const stopInstead = { workspaceId: held.run.workspace_id, kind: 'pause', origin: 'request', actor: by, deadlineSeconds: 0 } as const;
    const changed = isStarting(held.run)
      ? (await deps.runs.beginIn(tx, stopInstead, now)).commit
      : await deps.runs.changeIn(tx, held, { cancelled_by: held.run.cancelled_by ?? by }, now);
    const commit = () => {
      held.interrupt.abort();
      changed();
    };
    return {
      result: { id, was: detail.state },
      events: [],
      audit: { workspace_id: held.run.workspace_id, detail: { run_id: id } },
      committed: commit,
    };
  },
});

/** Waits no longer for work in flight. */
export const forceRestart = writeVerb({
  name: 'forceRestart',
  input: byRun,
  allow: allowOperator,
  run: async ({ actor, now, tx, deps }, { run: id }) => {
    const { held } = await choosable(deps, tx, id, 'force', 'forced');
    const forced = {
      forced_at: held.run.forced_at ?? now,
      force: true,
      left_at_force: held.run.left_at_force ?? leftOf(held.run, held.live),
    };
    const changed = await deps.runs.changeIn(tx, held, forced, now);
    const commit = () => {
      held.interrupt.abort();
      changed();
    };
    return {
      result: { id },
      events: [{ type: 'restart.forced', workspace_id: held.run.workspace_id, actor: eventActorOf(actor), at: now, data: { run_id: id } }],
      audit: { workspace_id: held.run.workspace_id, detail: { run_id: id } },
      committed: commit,
    };
  },
});

async function choosable(deps: Deps, tx: Parameters<typeof runById>[0], id: string, choice: 'cancel' | 'force', word: string) {
  const held = deps.runs.byId(id);
  const again = choice === 'cancel' ? held?.run.cancelled_by : held?.run.forced_at;
  if (held && (again || choicesOf(held)[choice])) return { held, detail: held.run };
  const run = await runById(tx, id);
  if (run === null) throw new CanvasError('not_found', `There is no restart run ${id}.`);
  throw new CanvasError('conflict', `Run ${id} of ${run.workspace_name} is ${run.state}: it cannot be ${word} any more.`);
}

/** After a start that failed. */
export const startAgain = writeVerb({
  name: 'startAgain',
  input: byRun,
  allow: allowOperator,
  run: async ({ actor, now, tx, deps }, { run: id }) => {
    const failed = await runById(tx, id);
    if (failed === null) throw new CanvasError('not_found', `There is no restart run ${id}.`);
    const newest = await newestRun(tx, failed.workspace_id);
    const live = deps.fleet.get(failed.workspace_id);
    const begunAlready = deps.runs.of(failed.workspace_id)?.run;
    if (begunAlready?.kind === 'resume') {
      const audit = { workspace_id: failed.workspace_id, detail: { run_id: begunAlready.id, after: id } };
      return { result: { id: begunAlready.id }, events: [], audit, committed: () => {} };
    }
    if (failed.state !== 'failed' || newest?.id !== id || !canStop(deps, live))
      throw new CanvasError('conflict', `Run ${id} of ${failed.workspace_name} is no failed start that could be tried again.`);
    const request = {
      workspaceId: failed.workspace_id,
      kind: 'resume' as const,
      origin: 'request' as const,
      actor: eventActorOf(actor),
      reason: `Start again after run ${id}`,
      deadlineSeconds: null,
      restoreSnapshotId: failed.restore_snapshot_id,
    };
    const begun = await deps.runs.beginIn(tx, request, now);
    return {
      result: { id: begun.id },
      events: begun.events,
      audit: { workspace_id: failed.workspace_id, detail: { run_id: begun.id, after: id } },
      committed: begun.commit,
    };
  },
});
