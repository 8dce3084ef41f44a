import { type ErrorCode, errorCodeOf } from '#lib/contract/errors.ts';
import { traceparentOf } from '#lib/contract/traces.ts';
import { type A2aRequest, markedRequest } from '#lib/domain/a2a-message.ts';
import { whyHeld } from '#lib/domain/delivery-gate.ts';
import { type DeliveryOutcome, judgeAnswer, judgeLoss } from '#lib/domain/delivery-outcome.ts';
import { mayHaveBegun } from '#lib/ports/agent-transport.ts';
import { requestOf } from '#lib/store/messages.ts';
import { callAgent } from './call-agent.ts';
import type { UnderWay } from './delivery-box.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** What `callAgent` says of a call; anything else was thrown before there was one. */
const OF_A_CALL: ReadonlySet<ErrorCode> = new Set(['upstream_unreachable', 'upstream_failed', 'timeout']);

/** Why messages to it wait now; null: they are delivered. */
export function whyHeldNow({ facts, row, run }: LiveWorkspace): string | null {
  return whyHeld({
    status: facts.status,
    wedged: facts.wedged !== null,
    inRun: run !== null,
    hasUrl: row.url !== null,
    delivery_mode: row.delivery_mode,
  });
}

/** Hands one message to the agent and waits for its answer, however long it takes. Never rejects. */
export async function attemptDelivery(deps: Deps, { entry, abort }: UnderWay, request: string | null): Promise<DeliveryOutcome> {
  try {
    const live = deps.fleet.get(entry.workspace_id);
    const text = request ?? (await requestOf(deps.store.db, entry.id));
    if (text === null) return { kind: 'struck', begun: false, why: 'Its request is not in the store any more' };
    // A run may have begun since its turn came: from then on nothing is delivered.
    const held = whyHeldNow(live);
    if (held !== null || abort.signal.aborted) return { kind: 'put_back', begun: false, why: held ?? 'Its process ended' };
    const envelope = JSON.parse(text) as A2aRequest['envelope'];
    const { trace_id, span_id } = entry;
    const traced = trace_id === null || span_id === null ? {} : { traceparent: traceparentOf({ trace_id, span_id }) };
    const answer = await callAgent(deps, entry.workspace_id, {
      method: 'POST',
      path: '',
      body: markedRequest(envelope, { ...(entry.redelivered ? { redelivered: true } : {}), ...traced }),
      headers: { ...(entry.sender_id === null ? {} : { 'x-workspace-id': entry.sender_id }), ...traced },
      timeoutMs: null,
      signal: abort.signal,
      maxBytes: MAX_ANSWER_BYTES,
    });
    return judgeAnswer(answer.status, answer.body);
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    if (code === 'internal') deps.log('error', 'a message could not be handed over', { queue_id: entry.id, why });
    if (code === 'internal') return { kind: 'struck', begun: true, why: 'The platform failed to hand it over; its log says why' };
    return judgeLoss(code, OF_A_CALL.has(code) && mayHaveBegun(thrown), why);
  }
}
