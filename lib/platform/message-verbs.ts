import { z } from 'zod';
import { CanvasError, JSON_RPC_CODE } from '#lib/contract/errors.ts';
import { cutText } from '#lib/contract/heartbeat.ts';
import { MAX_WAIT_SECONDS } from '#lib/contract/messages.ts';
import { wellFormed } from '#lib/contract/well-formed.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { canStream } from '#lib/domain/a2a-card.ts';
import { type A2aRequest, a2aRequestOf, blockingRequest, messageIdOf, textOfRequest } from '#lib/domain/a2a-message.ts';
import { handedOn, isMessageMethod, isNonBlocking, isStreamMethod } from '#lib/domain/a2a-method.ts';
import { givenPlace, placeOfMessage } from '#lib/domain/a2a-trace.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { newId } from '#lib/store/new-id.ts';
import { storableText } from '#lib/store/storable-text.ts';
import { answerTo, endedAnswer, type MessageReply, rpcError } from './a2a-answer.ts';
import { handOn } from './a2a-hand-on.ts';
import type { Actor } from './actor.ts';
import { allowReach } from './allow.ts';
import type { Accepted } from './delivery.ts';
import type { IncomingMessage } from './delivery-box.ts';
import { waitForEnd } from './delivery-callers.ts';
import type { Deps } from './deps.ts';
import type { EventSink } from './event-sink.ts';
import { newPlace } from './new-place.ts';
import { checkPushTargets } from './push-targets.ts';
import { EventsOn, FirstEvent, queuedAnswer, sinkOf, streamAnswer } from './streamed-message.ts';
import { readVerb } from './verb.ts';

/** The beats of a Python runtime stop while it waits for the answer to a message to itself: one that takes long is queued. */
const SELF_WAIT_MS = 10_000;
const SUMMARY_READ = 2000;
const SUMMARY_CHARS = 200;
const byId = z.object({ id: workspaceIdSchema });

/**
 * Takes an A2A request to a workspace. A message is kept, and its answer waited for as long as the caller wants
 * (`wait_seconds`; null: while it is with the agent), or sent as events; what concerns a task is handed on. The queue
 * writes by itself, in groups: a transaction for each message would cost a commit each.
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
    /** Takes the events of an answer that is asked for as a stream. */
    sink: z.custom<EventSink>().optional(),
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
  run: async ({ actor, deps }, { id, body, wait_seconds, traceparent, signal, sink }): Promise<MessageReply> => {
    const { row } = deps.fleet.get(id);
    const request = a2aRequestOf(body, newId);
    if (!request) throw new CanvasError('bad_request', 'The body is no JSON-RPC request: "method" is missing.');
    const { id: rpcId, method } = request.envelope;
    const how = handedOn(method);
    if (how) return handOn(deps, id, { how, envelope: request.envelope, actor, sink });
    if (!isMessageMethod(method)) {
      const said = `${method.slice(0, 64)} is not taken here: messages and tasks of A2A 0.3 and 1.0 are. The agent's card is at GET /workspaces/${id}/.well-known/agent-card.json.`;
      return { answer: rpcError(rpcId, JSON_RPC_CODE.method_not_allowed, said) };
    }
    await checkPushTargets(deps, request.envelope.params['configuration']);
    const waitMs = wait_seconds === null ? null : wait_seconds * 1000;
    const message = incoming(deps, { id, actor, request, traceparent });
    if (isStreamMethod(method)) {
      const events = new EventsOn(sinkOf(sink), rpcId);
      const accepted = await deps.delivery.accept(message, events);
      const queued = await streamAnswer(deps, { accepted, events, sink: sinkOf(sink), rpcId, waitMs });
      return queued ? { queued } : { streamed: true };
    }
    const first = isNonBlocking(request) && canStream(row.agent_card) ? new FirstEvent() : null;
    const accepted = await deps.delivery.accept(message, first);
    const ownMs = actor.kind === 'workspace' && actor.id === id ? { unsaidMs: SELF_WAIT_MS } : {};
    const reply = replyTo(deps, accepted, rpcId, { waitMs, ...ownMs, signal });
    if (!first || 'ended' in accepted || !accepted.isHeard) return reply;
    return Promise.race([reply, first.first.then((event) => ({ answer: answerTo(rpcId, event) }))]);
  },
});

async function replyTo(
  deps: Deps,
  accepted: Accepted,
  rpcId: string | number | null,
  wait: Parameters<typeof waitForEnd>[1],
): Promise<MessageReply> {
  if ('ended' in accepted) return { answer: endedAnswer(rpcId, accepted.ended) };
  const end = await waitForEnd(accepted.entry, wait);
  if (end?.kind === 'answered') return { answer: answerTo(rpcId, end.answer) };
  return end ? { answer: endedAnswer(rpcId, { ...end, answer: null }) } : { queued: await queuedAnswer(deps, accepted.entry) };
}

function incoming(
  deps: Deps,
  { id, actor, request, traceparent }: { id: string; actor: Actor; request: A2aRequest; traceparent: string | undefined },
): IncomingMessage {
  const messageId = messageIdOf(request);
  if (messageId === null) {
    throw new CanvasError('bad_request', 'params.message must be an object whose messageId is at most 256 plain characters.');
  }
  // An agent that does not stream is asked as its sender asked: it answers with the beginning of its task.
  const asIs = isNonBlocking(request) && !canStream(deps.fleet.get(id).row.agent_card);
  return {
    workspace_id: id,
    ...senderOf(actor),
    message_id: messageId,
    request: JSON.stringify(asIs ? request.envelope : blockingRequest(request)),
    summary: summaryOf(request),
    ...placeOfMessage({
      given: givenPlace(request, traceparent),
      cause: actor.kind === 'workspace' ? deps.delivery.onlyWorkOf(actor.id) : null,
      fresh: newPlace(),
    }),
  };
}

function senderOf(actor: Actor) {
  if (actor.kind === 'workspace') return { lane: actor.id, sender_id: actor.id, sender_name: actor.name };
  return { lane: `${actor.kind}:${actor.id ?? actor.name}`, sender_id: null, sender_name: actor.name };
}

function summaryOf(request: A2aRequest): string {
  const text = wellFormed(storableText(textOfRequest(request).slice(0, SUMMARY_READ)));
  return cutText(String(scrub(text).value).replace(/\s+/g, ' ').trim(), SUMMARY_CHARS);
}
