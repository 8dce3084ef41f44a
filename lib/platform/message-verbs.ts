import { z } from 'zod';
import { CanvasError, JSON_RPC_CODE } from '#lib/contract/errors.ts';
import { cutText } from '#lib/contract/heartbeat.ts';
import { MAX_WAIT_SECONDS, type QueuedAnswer } from '#lib/contract/messages.ts';
import { wellFormed } from '#lib/contract/well-formed.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { type A2aRequest, a2aRequestOf, blockingRequest, isSendMessage, messageIdOf, textOfRequest } from '#lib/domain/a2a-message.ts';
import { givenPlace, placeOfMessage } from '#lib/domain/a2a-trace.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { newId } from '#lib/store/new-id.ts';
import { storableText } from '#lib/store/storable-text.ts';
import type { Actor } from './actor.ts';
import { allowReach } from './allow.ts';
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
    deps.fleet.get(id);
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
