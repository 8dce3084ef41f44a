import { CanvasError, JSON_RPC_CODE } from '#lib/contract/errors.ts';
import type { A2aRequest } from '#lib/domain/a2a-message.ts';
import { versionHeader } from '#lib/domain/a2a-method.ts';
import { type TransportStream, wholeAnswer } from '#lib/ports/agent-transport.ts';
import { answerTo, type MessageReply, rpcError } from './a2a-answer.ts';
import type { Actor } from './actor.ts';
import { type AgentCall, jsonOf, openAgent } from './call-agent.ts';
import { MAX_ANSWER_BYTES, silenceOf, whyHeldNow } from './delivery-attempt.ts';
import type { Deps } from './deps.ts';
import type { EventSink } from './event-sink.ts';
import { checkPushTargets } from './push-targets.ts';
import { EVENT_STREAM, readEvents } from './read-events.ts';
import { sinkOf } from './streamed-message.ts';

/** An agent answers at once what concerns a task that it has. */
const ANSWER_MS = 30_000;

interface HandedOn {
  how: 'answer' | 'stream';
  envelope: A2aRequest['envelope'];
  actor: Actor;
  sink: EventSink | undefined;
}

/**
 * What concerns a task goes to its agent as it is, now or not at all: nothing is kept. The answer comes back under the
 * caller's id. Rejects as `callAgent` does; a stream that breaks off ends in an error event.
 */
export async function handOn(deps: Deps, id: string, { how, envelope, actor, sink }: HandedOn): Promise<MessageReply> {
  const live = deps.fleet.get(id);
  // Its tasks are those of all who asked it for something, and their ids are the keys to them.
  if (envelope.method === 'ListTasks' && actor.kind === 'workspace' && actor.id !== id) {
    const said = `ListTasks tells of what others asked workspace ${live.row.name} for: only itself and operators may list its tasks.`;
    throw new CanvasError('forbidden', `${said} Ask for each of yours by its id, with GetTask.`);
  }
  if (live.row.delivery_mode === 'poll') {
    const said = `${envelope.method} cannot be asked of workspace ${live.row.name}: it fetches its messages itself, and has no address for this. The answer to a message of yours is at GET /workspaces/${id}/a2a/queue/<queue_id>.`;
    return { answer: rpcError(envelope.id, JSON_RPC_CODE.method_not_allowed, said) };
  }
  const held = whyHeldNow(live);
  if (held !== null) {
    const said = `${envelope.method} could not be asked of workspace ${live.row.name}: ${held}. Try again later.`;
    return { answer: rpcError(envelope.id, JSON_RPC_CODE.unavailable, said, { code: 'unavailable' }) };
  }
  if (envelope.method.includes('ushNotificationConfig')) await checkPushTargets(deps, envelope.params);
  const call: AgentCall = {
    method: 'POST',
    path: '',
    body: envelope,
    headers: {
      accept: `application/json, ${EVENT_STREAM}`,
      ...(actor.kind === 'workspace' ? { 'x-workspace-id': actor.id } : {}),
      ...versionHeader(envelope.method),
    },
    timeoutMs: ANSWER_MS,
    maxBytes: MAX_ANSWER_BYTES,
  };
  if (how === 'answer') return { answer: await wholeOf(await openAgent(deps, id, call), envelope.id) };
  const to = sinkOf(sink);
  const stream = await openAgent(deps, id, { ...call, timeoutMs: null, silence: silenceOf(deps, live), signal: to.gone });
  if (stream.contentType !== EVENT_STREAM) return { answer: await wholeOf(stream, envelope.id) };
  to.open();
  try {
    for await (const event of readEvents(stream)) await to.send(answerTo(envelope.id, event));
  } catch (thrown) {
    const why = thrown instanceof CanvasError ? thrown.message : 'The platform failed to pass it on; its log says why.';
    if (!(thrown instanceof CanvasError)) deps.log('error', 'a stream could not be passed on', { workspace_id: id, why: String(thrown) });
    if (!to.gone.aborted) await to.send(rpcError(envelope.id, JSON_RPC_CODE.upstream_unreachable, `The stream broke off. ${why}`));
  }
  return { streamed: true };
}

async function wholeOf(stream: TransportStream, rpcId: string | number | null): Promise<Record<string, unknown>> {
  const { status, text } = await wholeAnswer(stream);
  const body = jsonOf(text);
  if (typeof body === 'object' && body !== null && ('result' in body || 'error' in body)) return answerTo(rpcId, body);
  throw new CanvasError('upstream_failed', `The agent answered ${status} without a JSON-RPC result or error.`);
}
