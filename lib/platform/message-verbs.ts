import { z } from 'zod';
import { CanvasError, JSON_RPC_CODE } from '#lib/contract/errors.ts';
import { cutText } from '#lib/contract/heartbeat.ts';
import {
  dropMessageSchema,
  MAX_WAIT_SECONDS,
  type QueuedAnswer,
  type QueuedMessage,
  type QueuedMessageDetail,
  type QueuePage,
  queueQuerySchema,
} from '#lib/contract/messages.ts';
import { wellFormed } from '#lib/contract/well-formed.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { type A2aRequest, a2aRequestOf, blockingRequest, isSendMessage, messageIdOf, textOfRequest } from '#lib/domain/a2a-message.ts';
import { givenPlace, placeOfMessage } from '#lib/domain/a2a-trace.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { messageById, queueOf } from '#lib/store/messages.ts';
import { newId } from '#lib/store/new-id.ts';
import { storableText } from '#lib/store/storable-text.ts';
import type { Actor } from './actor.ts';
import { allowOperator, allowReach } from './allow.ts';
import { whyHeldNow } from './delivery-attempt.ts';
import type { QueuedEntry } from './delivery-box.ts';
import { waitForEnd } from './delivery-callers.ts';
import type { Deps } from './deps.ts';
import { newPlace } from './new-place.ts';
import { readVerb } from './verb.ts';

/** The beats of a Python runtime stop while it waits for the answer to a message to itself: one that takes long is queued. */
const SELF_WAIT_MS = 10_000;
const SUMMARY_READ = 2000;
const SUMMARY_CHARS = 200;
const byId = z.object({ id: workspaceIdSchema });
const byQueueId = byId.extend({ qid: workspaceIdSchema });

/** An answer in JSON-RPC, or word that the message is queued. */
export type MessageReply = { answer: Record<string, unknown> } | { queued: QueuedAnswer };

/**
 * Takes an A2A message to a workspace and waits for its answer as long as the caller wants (`wait_seconds`; null: while it
 * is with the agent). The queue writes by itself, in groups: a transaction for each message would cost a commit each.
 */
export const sendMessage = readVerb({
  name: 'sendMessage',
  input: byId.extend({
    body: z.unknown(),
    /** `X-Workspace-ID`, when it was sent. */
    claimed_sender: z.string().nullable(),
    wait_seconds: z.number().min(0).max(MAX_WAIT_SECONDS).nullable(),
    /** The header of that name. */
    traceparent: z.string().optional(),
    signal: z.instanceof(AbortSignal).optional(),
  }),
  allow: (actor, input, deps) => {
    allowReach(actor, input, deps);
    const { claimed_sender: claimed } = input;
    if (claimed === null || (actor.kind === 'workspace' && actor.id === claimed)) return;
    const owner = actor.kind === 'workspace' ? `this token belongs to workspace ${actor.id}` : 'only a workspace’s own token sends as it';
    throw new CanvasError(
      'forbidden',
      `X-Workspace-ID names ${claimed.slice(0, 64)}, but ${owner}. Leave the header out, or match the token.`,
    );
  },
  run: async ({ actor, deps }, { id, body, wait_seconds, traceparent, signal }): Promise<MessageReply> => {
    const live = deps.fleet.get(id);
    const request = a2aRequestOf(body, newId);
    if (!request) throw new CanvasError('bad_request', 'The body is no JSON-RPC request: "method" is missing.');
    const { id: rpcId, method } = request.envelope;
    if (!isSendMessage(request)) {
      const said = `${method.slice(0, 64)} is not taken here: only message/send (A2A 0.3) and SendMessage (1.0) are.`;
      return { answer: rpcError(rpcId, JSON_RPC_CODE.method_not_allowed, said) };
    }
    const messageId = messageIdOf(request);
    if (messageId === null) {
      throw new CanvasError('bad_request', 'params.message must be an object whose messageId is at most 256 plain characters.');
    }
    if (live.row.delivery_mode === 'poll') {
      throw new CanvasError('conflict', `Workspace ${live.row.name} fetches its messages itself, and that way is not open yet.`);
    }
    const accepted = await deps.delivery.accept({
      workspace_id: id,
      ...senderOf(actor),
      message_id: messageId,
      request: JSON.stringify(blockingRequest(request)),
      summary: summaryOf(request),
      ...placeOfMessage({
        given: givenPlace(request, traceparent),
        cause: actor.kind === 'workspace' ? deps.delivery.onlyWorkOf(actor.id) : null,
        fresh: newPlace(),
      }),
    });
    if ('entry' in accepted) {
      const unsaid = actor.kind === 'workspace' && actor.id === id ? { unsaidMs: SELF_WAIT_MS } : {};
      const end = await waitForEnd(accepted.entry, { waitMs: waitOf(wait_seconds), ...unsaid, signal });
      return replyOf(deps, accepted.entry, rpcId, end);
    }
    const { state, why, answer } = accepted.ended;
    return state === 'answered'
      ? { answer: answerTo(rpcId, answer) }
      : { answer: rpcError(rpcId, JSON_RPC_CODE.gone, endedText(state, why)) };
  },
});

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

function senderOf(actor: Actor) {
  if (actor.kind === 'workspace') return { lane: actor.id, sender_id: actor.id, sender_name: actor.name };
  return { lane: `${actor.kind}:${actor.id ?? actor.name}`, sender_id: null, sender_name: actor.name };
}

function summaryOf(request: A2aRequest): string {
  const text = wellFormed(storableText(textOfRequest(request).slice(0, SUMMARY_READ)));
  return cutText(String(scrub(text).value).replace(/\s+/g, ' ').trim(), SUMMARY_CHARS);
}

const waitOf = (seconds: number | null) => (seconds === null ? null : seconds * 1000);

function replyOf(deps: Deps, entry: QueuedEntry, rpcId: string | number | null, end: QueuedEntry['end']): MessageReply {
  if (end?.kind === 'answered') return { answer: answerTo(rpcId, end.answer) };
  if (end) return { answer: rpcError(rpcId, JSON_RPC_CODE.gone, endedText(end.state, end.why)) };
  return { queued: { queued: true, queue_id: entry.id, queue_depth: deps.delivery.waiting(entry.workspace_id) } };
}

function endedText(state: string, why: string): string {
  return state === 'expired'
    ? 'The message waited for 24 hours and expired. Send it again under a new messageId.'
    : `The message was dropped: ${why}`;
}

/** The agent's answer under the id of whoever asks: one message may have been sent twice, in two requests. */
function answerTo(id: string | number | null, answer: unknown): Record<string, unknown> {
  return { ...(answer as Record<string, unknown>), id };
}

function rpcError(id: string | number | null, code: number, message: string): Record<string, unknown> {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

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
