import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import {
  createWorkspaceSchema,
  listWorkspacesSchema,
  patchWorkspaceSchema,
  type WorkspaceDetail,
  type WorkspacePage,
  type WorkspaceRow,
  workspaceIdSchema,
} from '#lib/contract/workspaces.ts';
import { wouldCycle } from '#lib/domain/hierarchy.ts';
import { newRing } from '#lib/domain/history-ring.ts';
import { selectWorkspaces } from '#lib/domain/select-workspaces.ts';
import { uniqueName } from '#lib/domain/unique-name.ts';
import { newFacts } from '#lib/domain/workspace-facts.ts';
import { newId } from '#lib/store/new-id.ts';
import { removeSnapshotsOf } from '#lib/store/snapshots.ts';
import { revokeAllOf } from '#lib/store/tokens.ts';
import { saveFacts } from '#lib/store/workspace-facts.ts';
import { insertWorkspace, markRemoved, type StoredWorkspace, updateWorkspace } from '#lib/store/workspaces.ts';
import { eventActorOf } from './actor.ts';
import { allowOperator, allowReach } from './allow.ts';
import type { Deps } from './deps.ts';
import { evidenceOf } from './evidence.ts';
import { cardOf, type LiveWorkspace, rowOf, touch } from './fleet.ts';
import { restartForSettings } from './settings-run.ts';
import { newSecret } from './token-book.ts';
import { readVerb, writeVerb } from './verb.ts';

const byId = z.object({ id: workspaceIdSchema });
const named = ({ row }: LiveWorkspace) => ({ id: row.id, name: row.name });

/** Filtered, sorted, counted and paged, from memory; the same rules as the browser's own (domain). */
export const listWorkspaces = readVerb({
  name: 'listWorkspaces',
  input: listWorkspacesSchema,
  allow: allowOperator,
  run: ({ deps, now }, query): WorkspacePage => {
    const cards = Array.from(deps.fleet.all(), cardOf);
    const nameOf = (id: string) => deps.fleet.find(id)?.row.name ?? null;
    const page = selectWorkspaces(cards, query, { nameOf, now });
    return { ...page, seq: `${deps.ledgerEpoch}:${deps.feed.newestSeq}`, now };
  },
});

/** The plain array that existing clients expect. */
export const allWorkspaceRows = readVerb({
  name: 'allWorkspaceRows',
  input: z.object({}),
  allow: allowOperator,
  run: ({ deps }): WorkspaceRow[] => Array.from(deps.fleet.all(), rowOf),
});

export const getWorkspace = readVerb({
  name: 'getWorkspace',
  input: byId,
  allow: allowReach,
  run: async ({ deps, actor }, { id }): Promise<WorkspaceDetail> => {
    const live = deps.fleet.get(id);
    if (live.row.provisioner !== 'none') live.instance = (await deps.provisioner?.inspect(id)) ?? live.instance;
    return {
      ...rowOf(live),
      // What an agent's neighbours may know of it ends at its row.
      config: actor.kind === 'workspace' ? {} : live.row.config,
      wake_on_message: live.row.wake_on_message,
      evidence: evidenceOf(live),
      ancestors: deps.fleet.ancestors(id).map(named),
      children: deps.fleet.childrenOf(id).map(named),
    };
  },
});

/** Creates it; with a provisioner it is then started, and a failure to start is shown on the workspace. */
export const createWorkspace = writeVerb({
  name: 'createWorkspace',
  input: createWorkspaceSchema,
  allow: (actor, input, deps) => {
    allowOperator(actor);
    if (input.parent_id) deps.fleet.get(input.parent_id);
    if (input.provisioner !== 'none' && deps.provisioner?.kind !== input.provisioner) {
      throw new CanvasError(
        'bad_request',
        `This Canvas cannot start workspaces with provisioner "${input.provisioner}". Use "none" and connect the agent yourself.`,
      );
    }
  },
  run: async ({ actor, now, tx, deps }, input) => {
    const parentId = input.parent_id ?? null;
    const row: StoredWorkspace = {
      id: newId(),
      name: uniqueName(input.name, deps.fleet.namesUnder(parentId)),
      role: input.role ?? null,
      parent_id: parentId,
      runtime: input.runtime ?? null,
      provisioner: input.provisioner,
      delivery_mode: 'push',
      url: null,
      labels: input.labels,
      config: input.config,
      agent_card: null,
      inbound_secret: newSecret(),
      desired: input.provisioner === 'none' ? 'stopped' : 'running',
      wake_on_message: input.wake_on_message,
      created_at: now,
      updated_at: now,
      removed_at: null,
    };
    const facts = newFacts(input.provisioner !== 'none', now);
    await insertWorkspace(tx, row);
    await saveFacts(tx, [{ workspace_id: row.id, facts }], now);
    return {
      result: { id: row.id, name: row.name, status: facts.status },
      events: [
        {
          type: 'workspace.created',
          workspace_id: row.id,
          actor: eventActorOf(actor),
          at: now,
          data: { name: row.name, parent_id: row.parent_id, provisioner: row.provisioner },
        },
      ],
      audit: { workspace_id: row.id, detail: { name: row.name, parent_id: row.parent_id, provisioner: row.provisioner } },
      committed: () => {
        const live: LiveWorkspace = {
          row,
          facts,
          ring: newRing(),
          rev: now,
          instance: null,
          run: null,
          queued: 0,
          activity: 0,
          activityAt: 0,
          unsaved: null,
        };
        deps.fleet.add(live);
        deps.clock.place(live);
      },
    };
  },
  afterwards: (deps, result, input, actor) => {
    if (input.provisioner !== 'none') void deps.keeper.start(result.id, eventActorOf(actor));
  },
});

export const patchWorkspace = writeVerb({
  name: 'patchWorkspace',
  input: byId.and(patchWorkspaceSchema),
  allow: (actor, input, deps) => {
    allowOperator(actor);
    deps.fleet.get(input.id);
    if (!input.parent_id) return;
    deps.fleet.get(input.parent_id);
    if (wouldCycle(input.id, input.parent_id, deps.fleet.parentOf)) {
      throw new CanvasError('conflict', `Workspace ${input.id} cannot go under ${input.parent_id}: that one is itself or below it.`);
    }
  },
  run: async ({ actor, now, tx, deps }, input) => {
    const live = deps.fleet.get(input.id);
    const { id, restart, ...given } = input;
    const parentId = given.parent_id === undefined ? live.row.parent_id : given.parent_id;
    const row: StoredWorkspace = {
      ...live.row,
      role: given.role === undefined ? live.row.role : given.role,
      runtime: given.runtime === undefined ? live.row.runtime : given.runtime,
      config: given.config ?? live.row.config,
      labels: given.labels ?? live.row.labels,
      wake_on_message: given.wake_on_message ?? live.row.wake_on_message,
      parent_id: parentId,
      name: uniqueName(given.name ?? live.row.name, deps.fleet.namesUnder(parentId, id)),
      updated_at: now,
    };
    const { name, role, runtime, config, labels, wake_on_message, parent_id, updated_at } = row;
    await updateWorkspace(tx, id, { name, role, runtime, config, labels, wake_on_message, parent_id, updated_at });
    const fields = Object.keys(given);
    const takesEffect = restart === true && JSON.stringify(config) !== JSON.stringify(live.row.config);
    const begun = takesEffect ? await restartForSettings(deps, tx, live, eventActorOf(actor), now) : null;
    return {
      result: { id, name: row.name, status: live.facts.status },
      events: [
        { type: 'workspace.changed', workspace_id: id, actor: eventActorOf(actor), at: now, data: { fields, name: row.name } },
        ...(begun?.events ?? []),
      ],
      audit: { workspace_id: id, detail: { fields, ...(begun ? { run_id: begun.id } : {}) } },
      committed: () => {
        deps.fleet.replaceRow(id, row);
        touch(live, now);
        begun?.commit();
      },
    };
  },
});

/** Removes it; with children only when `confirm` is given, and then all of them. */
export const deleteWorkspace = writeVerb({
  name: 'deleteWorkspace',
  input: byId.and(z.object({ confirm: z.union([z.boolean(), z.stringbool()]).default(false) })),
  allow: (actor, input, deps) => {
    allowOperator(actor);
    const children = deps.fleet.childrenOf(deps.fleet.get(input.id).row.id).map(named);
    if (children.length > 0 && !input.confirm) {
      throw new CanvasError(
        'conflict',
        `Workspace ${input.id} has ${children.length} below it. Remove or move them first, or repeat with ?confirm=true to remove all of them.`,
        { children },
      );
    }
  },
  run: async ({ actor, now, tx, deps }, { id }) => {
    const doomed = deps.fleet.subtree(id);
    for (const { row } of doomed) {
      await markRemoved(tx, row.id, now);
      await revokeAllOf(tx, row.id, now);
      await removeSnapshotsOf(tx, row.id);
    }
    return {
      result: { status: 'removed' as const, removed: doomed.map(named) },
      events: doomed.map(({ row }) => ({
        type: 'workspace.removed' as const,
        workspace_id: row.id,
        actor: eventActorOf(actor),
        at: now,
        data: { name: row.name },
      })),
      audit: { workspace_id: id, detail: { removed: doomed.map(({ row }) => row.id) } },
      committed: () => forget(deps, doomed),
    };
  },
});

function forget(deps: Deps, doomed: LiveWorkspace[]): void {
  for (const live of doomed) {
    deps.clock.forget(live);
    deps.fleet.remove(live.row.id);
    deps.runs.poke(live);
    deps.tokens.endAllOf(live.row.id);
    deps.addresses.forget(live.row.id);
    deps.delivery.poke(live.row.id);
    if (live.row.provisioner !== 'none') void deps.keeper.remove(live.row.id);
  }
}
