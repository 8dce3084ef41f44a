import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import {
  answerMessageSchema,
  dropMessageSchema,
  type QueuedMessage,
  type QueuedMessageDetail,
  type QueuePage,
  queueQuerySchema,
} from '#lib/contract/messages.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { messageById, queueOf } from '#lib/store/messages.ts';
import { allowOperator, allowSelf } from './allow.ts';
import { whyHeldNow } from './delivery-attempt.ts';
import type { Deps } from './deps.ts';
import { readVerb } from './verb.ts';

const byId = z.object({ id: workspaceIdSchema });
const byQueueId = byId.extend({ qid: workspaceIdSchema });

export const listQueue = readVerb({
  name: 'listQueue',
  input: byId.and(queueQuerySchema),
  allow: (actor, input, deps) => {
    allowOperator(actor);
    deps.fleet.get(input.id);
  },
  run: async ({ deps, now }, { id, ...query }): Promise<QueuePage> => {
    const { items, ...counts } = await queueOf(deps.store.db, id, query);
    return { items: items.map((item) => asItIsNow(deps, item)), ...counts, now };
  },
});

export const getQueued = readVerb({
  name: 'getQueued',
  input: byQueueId,
  allow: (actor, input, deps) => {
    if (actor.kind === 'workspace') deps.fleet.get(input.id);
    else allowOperator(actor);
  },
  run: async ({ actor, deps }, { id, qid }): Promise<QueuedMessageDetail> => {
    const row = await messageById(deps.store.db, qid);
    const mine = actor.kind !== 'workspace' || actor.id === row?.sender_id || (actor.id === id && (!row || row.workspace_id === id));
    if (!mine) throw new CanvasError('forbidden', `Message ${qid} is not one that workspace ${actor.id} sent or was sent.`);
    if (row?.workspace_id !== id) throw noMessage(id, qid);
    const { head: _head, ...shown } = row;
    return { ...asItIsNow(deps, shown), answer: row.answer };
  },
});

export const retryQueued = readVerb({
  name: 'retryQueued',
  input: byQueueId,
  allow: (actor, input, deps) => {
    allowOperator(actor);
    deps.fleet.get(input.id);
  },
  run: async ({ actor, deps }, { id, qid }): Promise<QueuedMessage> => {
    const { head } = await rowOf(deps, id, qid);
    await deps.delivery.retry(head, actor);
    return shownRow(deps, id, qid);
  },
});

export const dropQueued = readVerb({
  name: 'dropQueued',
  input: byQueueId.and(dropMessageSchema),
  allow: (actor, input, deps) => {
    allowOperator(actor);
    deps.fleet.get(input.id);
  },
  run: async ({ actor, deps }, { id, qid, reason }): Promise<QueuedMessage> => {
    await rowOf(deps, id, qid);
    await deps.delivery.drop(qid, String(scrub(reason).value), actor);
    return shownRow(deps, id, qid);
  },
});

/** How a workspace that fetches its messages answers one. Only itself may. */
export const answerQueued = readVerb({
  name: 'answerQueued',
  input: byQueueId.and(answerMessageSchema),
  allow: (actor, input, deps) => {
    if (actor.kind !== 'workspace')
      throw new CanvasError('forbidden', 'Only the workspace that a message is for answers it, with its own token.');
    allowSelf(actor, input);
    deps.fleet.get(input.id);
  },
  run: async ({ deps }, { id, qid, result, error }): Promise<QueuedMessage> => {
    await rowOf(deps, id, qid);
    await deps.delivery.answer(qid, { jsonrpc: '2.0', id: null, ...(error === undefined ? { result } : { error }) });
    return shownRow(deps, id, qid);
  },
});

async function rowOf(deps: Deps, id: string, qid: string) {
  const row = await messageById(deps.store.db, qid);
  if (row?.workspace_id !== id) throw noMessage(id, qid);
  return row;
}

async function shownRow(deps: Deps, id: string, qid: string): Promise<QueuedMessage> {
  const { answer: _answer, head: _head, ...row } = await rowOf(deps, id, qid);
  return asItIsNow(deps, row);
}

function noMessage(id: string, qid: string): CanvasError {
  return new CanvasError('not_found', `There is no message ${qid} to workspace ${id}; what ended is kept for 7 days.`);
}

/** Why it waits changes with its workspace and with its sender's others; the row knows only why it did when it came or was put back. */
function asItIsNow<T extends QueuedMessage>(deps: Deps, row: T): T {
  if (row.state === 'delivering') return { ...row, why: '' };
  const live = row.state === 'waiting' ? deps.fleet.find(row.workspace_id) : undefined;
  if (!live) return row;
  const held = whyHeldNow(live);
  if (held !== null) return { ...row, why: held };
  if (deps.delivery.isBehind(row.queue_id)) return { ...row, why: 'An earlier message of its sender goes first' };
  return row;
}
