import { type ErrorCode, errorCodeOf } from '#lib/contract/errors.ts';
import { traceparentOf } from '#lib/contract/traces.ts';
import { canStream } from '#lib/domain/a2a-card.ts';
import { type A2aRequest, markedRequest } from '#lib/domain/a2a-message.ts';
import { askedAs, versionHeader } from '#lib/domain/a2a-method.ts';
import { whyHeld } from '#lib/domain/delivery-gate.ts';
import { type DeliveryOutcome, judgeAnswer, judgeLoss } from '#lib/domain/delivery-outcome.ts';
import { mayHaveBegun, wasSilent } from '#lib/ports/agent-transport.ts';
import type { Silence } from '#lib/ports/silence-watch.ts';
import { requestOf } from '#lib/store/messages.ts';
import { type AgentCall, callAgent } from './call-agent.ts';
import type { UnderWay } from './delivery-box.ts';
import { streamAttempt } from './delivery-stream.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';

/** What an agent may answer, in bytes. */
export const MAX_ANSWER_BYTES = 10 * 1024 * 1024;
/** How long an agent may be silent when it does not say so itself. */
const SILENCE_MS = 300_000;
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

/** Why a workspace that fetches its messages is given none now; null: it is. */
export function whyNotFetched({ facts, run }: LiveWorkspace): string | null {
  return whyHeld({ status: facts.status, wedged: facts.wedged !== null, inRun: run !== null, hasUrl: true, delivery_mode: 'push' });
}

/** An agent is silent when nothing comes from it, and no beat tells that it works: its jobs may take an hour. */
export function silenceOf(deps: Deps, live: LiveWorkspace): Silence {
  const { idle_timeout_seconds } = live.facts;
  return {
    ms: idle_timeout_seconds === null ? SILENCE_MS : idle_timeout_seconds * 1000,
    sinceSign: () => {
      // Each beat brings new facts.
      const { active_tasks, last_beat_at } = live.facts;
      return active_tasks > 0 && last_beat_at !== null ? deps.now() - last_beat_at : Number.POSITIVE_INFINITY;
    },
  };
}

/**
 * Hands one message to the agent and waits for its answer, however long it takes. As a stream when somebody listens or its
 * task may have to be ended before that is known, and the agent can. Never rejects.
 */
export async function attemptDelivery(deps: Deps, work: UnderWay, request: string | null): Promise<DeliveryOutcome> {
  const { entry, abort } = work;
  try {
    const live = deps.fleet.get(entry.workspace_id);
    const text = request ?? (await requestOf(deps.store.db, entry.id));
    if (text === null) return { kind: 'struck', begun: false, why: 'Its request is not in the store any more' };
    // A run may have begun since its turn came: from then on nothing is delivered.
    const held = whyHeldNow(live);
    if (held !== null || abort.signal.aborted) return { kind: 'put_back', begun: false, why: held ?? 'Its process ended' };
    const streams = (work.listener !== null || entry.delegation_id !== null) && canStream(live.row.agent_card);
    const envelope = askedAs(streams ? 'stream' : 'answer', JSON.parse(text) as A2aRequest['envelope']);
    work.method = envelope.method;
    const call = callOf(deps, live, work, envelope);
    if (streams) return await streamAttempt(deps, work, call);
    const answer = await callAgent(deps, entry.workspace_id, call);
    return judgeAnswer(answer.status, answer.body);
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    if (code === 'internal') deps.log('error', 'a message could not be handed over', { queue_id: entry.id, why });
    if (code === 'internal') return { kind: 'struck', begun: true, why: 'The platform failed to hand it over; its log says why' };
    return judgeLoss(code, OF_A_CALL.has(code) && mayHaveBegun(thrown), why, wasSilent(thrown));
  }
}

function callOf(deps: Deps, live: LiveWorkspace, { entry, abort }: UnderWay, envelope: A2aRequest['envelope']): AgentCall {
  const { trace_id, span_id, sender_id } = entry;
  const traced = trace_id === null || span_id === null ? {} : { traceparent: traceparentOf({ trace_id, span_id }) };
  return {
    method: 'POST',
    path: '',
    body: markedRequest(envelope, { ...(entry.redelivered ? { redelivered: true } : {}), ...traced }),
    headers: { ...(sender_id === null ? {} : { 'x-workspace-id': sender_id }), ...traced, ...versionHeader(envelope.method) },
    timeoutMs: null,
    silence: silenceOf(deps, live),
    signal: abort.signal,
    maxBytes: MAX_ANSWER_BYTES,
  };
}
