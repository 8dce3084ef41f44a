import { MAX_WAIT_SECONDS } from '#lib/contract/messages.ts';
import type { QUEUE_ENDPOINTS } from '#lib/contract/restart-endpoints.ts';
import { sendMessage } from '#lib/platform/message-verbs.ts';
import { dropQueued, getQueued, listQueue, retryQueued } from '#lib/platform/queue-verbs.ts';
import type { Call } from './call.ts';
import { EventReply } from './event-reply.ts';

/** `self` is the workspace that asks. */
export function idOf({ params, actor }: Call): string {
  const id = params['id'] ?? '';
  return id === 'self' && actor.kind === 'workspace' ? actor.id : id;
}

const queued = (call: Call) => ({ id: idOf(call), qid: call.params['qid'] ?? '' });

export const QUEUE_HANDLERS: Record<keyof typeof QUEUE_ENDPOINTS, (call: Call) => unknown> = {
  sendMessage: send,
  listQueue: (call) => listQueue(call.deps, call.actor, { ...call.query, id: idOf(call) } as Parameters<typeof listQueue>[2]),
  getQueued: (call) => getQueued(call.deps, call.actor, queued(call)),
  retryQueued: (call) => retryQueued(call.deps, call.actor, queued(call)),
  dropQueued: (call) => dropQueued(call.deps, call.actor, { ...call.body, ...queued(call) } as Parameters<typeof dropQueued>[2]),
};

async function send(call: Call): Promise<unknown> {
  const { request, reply } = call;
  const { socket } = request.raw;
  const wait = waitOf(request.headers['prefer']);
  const events = new EventReply(reply);
  const gone = new AbortController();
  const leave = () => gone.abort();
  socket.once('close', leave);
  // Nothing moves on the connection while an agent works; node sets the time again for the next request on it.
  socket.setTimeout(0);
  try {
    const { 'x-workspace-id': sender, traceparent } = request.headers;
    if (wait !== null) reply.header('preference-applied', `wait=${wait}`);
    const outcome = await sendMessage(call.deps, call.actor, {
      id: idOf(call),
      body: call.body,
      claimed_sender: sender === undefined ? null : String(sender),
      wait_seconds: wait,
      ...(typeof traceparent === 'string' ? { traceparent } : {}),
      signal: gone.signal,
      sink: events,
    });
    if ('streamed' in outcome) {
      events.end();
      return reply;
    }
    if ('answer' in outcome) return outcome.answer;
    reply.code(202);
    return outcome.queued;
  } catch (thrown) {
    if (!reply.sent) throw thrown;
    call.deps.log('error', 'a stream could not be finished', { why: String(thrown) });
    events.end();
    return reply;
  } finally {
    socket.off('close', leave);
  }
}

/** `Prefer: wait=N` (RFC 7240), at most what is offered; `respond-async` waits for nothing. Null: neither was said. */
function waitOf(header: string | string[] | undefined): number | null {
  const said = [header ?? []].flat().join(',').split(',');
  for (const preference of said) {
    const wait = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i.exec(preference)?.[1];
    if (wait !== undefined) return Math.min(Number(wait), MAX_WAIT_SECONDS);
  }
  return said.some((preference) => /^\s*respond-async\s*$/i.test(preference)) ? 0 : null;
}
