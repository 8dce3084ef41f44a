import { StreamResult } from '#lib/domain/a2a-stream.ts';
import { type DeliveryOutcome, judgeAnswer } from '#lib/domain/delivery-outcome.ts';
import { wholeAnswer } from '#lib/ports/agent-transport.ts';
import { type AgentCall, jsonOf, openAgent } from './call-agent.ts';
import type { UnderWay } from './delivery-box.ts';
import type { Deps } from './deps.ts';
import { EVENT_STREAM, readEvents } from './read-events.ts';

/**
 * An attempt whose answer comes as events: each goes to who listens before the next is read, and together they are the
 * answer that is kept. An agent that answers at once and without events is heard as well.
 */
export async function streamAttempt(deps: Deps, work: UnderWay, call: AgentCall): Promise<DeliveryOutcome> {
  const { entry, listener } = work;
  const stream = await openAgent(deps, entry.workspace_id, {
    ...call,
    headers: { ...call.headers, accept: `${EVENT_STREAM}, application/json` },
  });
  if (stream.contentType !== EVENT_STREAM) {
    const { status, text } = await wholeAnswer(stream);
    return judgeAnswer(status, jsonOf(text));
  }
  const sum = new StreamResult();
  for await (const event of readEvents(stream)) {
    // A refusal may mean that it is delivered again: then it is none for who listens.
    if (event['error'] !== undefined && event['error'] !== null) return judgeAnswer(stream.status, event);
    sum.take(event['result']);
    work.taskId = sum.taskId;
    await listener?.event(event);
  }
  const { result } = sum;
  if (result === null) return { kind: 'struck', begun: true, why: 'Its stream ended without a word' };
  listener?.isWhole();
  return { kind: 'answered', answer: { jsonrpc: '2.0', id: null, result } };
}
