import { MAX_DELEGATION_SUMMARY } from '#lib/contract/delegations.ts';
import { errorCodeOf } from '#lib/contract/errors.ts';
import { isModernOnly } from '#lib/domain/a2a-card.ts';
import { agentResultOf, summaryLine } from '#lib/domain/delegation-result.ts';
import type { DelegationNews } from '#lib/domain/delegation-run.ts';
import { textsOf } from '#lib/store/delegation-texts.ts';
import { messageKeyOf } from '#lib/store/delegations-open.ts';
import type { OpenDelegation } from './delegation-book.ts';
import { whyHeldNow } from './delivery-attempt.ts';
import type { MovedMessage } from './delivery-box.ts';
import type { Deps } from './deps.ts';

/** What became of handing a delegation's message to the queue. `later`: the queue does not take it now, and `why`. */
export type HandedOver =
  | { kind: 'there'; news: MovedMessage }
  | { kind: 'ended'; news: DelegationNews }
  | { kind: 'expired'; queue_id: string }
  | { kind: 'later'; why: string };

const NOT_YET = 'It could not be handed over yet';

/**
 * Puts a delegation's message into the queue of its target. The queue keeps one message of a lane and id, so doing it again
 * after a kill finds the one that is there, with its answer when it has one.
 */
export async function handOver(deps: Deps, open: OpenDelegation, task: string | null): Promise<HandedOver> {
  const text = task ?? (await textsOf(deps.store.db, open.id))?.task ?? null;
  if (text === null) return { kind: 'ended', news: { kind: 'failure', reason: { kind: 'lost' } } };
  const key = messageKeyOf(open.id);
  const { trace_id, span_id, parent_span_id } = open;
  try {
    const accepted = await deps.delivery.accept({
      workspace_id: open.target_id,
      ...key,
      sender_id: open.source_id,
      sender_name: deps.fleet.find(open.source_id)?.row.name ?? open.source_id,
      request: JSON.stringify(requestOf(open.id, key.message_id, text, isModernOnly(deps.fleet.get(open.target_id).row.agent_card))),
      summary: summaryLine(text, MAX_DELEGATION_SUMMARY),
      trace_id,
      span_id,
      parent_span_id,
      delegation_id: open.id,
    });
    if ('entry' in accepted) {
      const { id: queue_id, state, attempts } = accepted.entry;
      return { kind: 'there', news: movedNow(deps, open, { queue_id, state, attempts, why: '' }) };
    }
    const { queue_id, state, why, answer } = accepted.ended;
    if (state === 'expired') return { kind: 'expired', queue_id };
    const news = newsOfMessage({ state, why, answer: answer as Record<string, unknown> | null }, deps, open);
    return news ? { kind: 'ended', news } : { kind: 'later', why: NOT_YET };
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (code === 'gone' || code === 'not_found') return { kind: 'ended', news: { kind: 'failure', reason: { kind: 'target_removed' } } };
    if (code === 'overloaded') return { kind: 'later', why: `The queue of ${deps.fleet.get(open.target_id).row.name} is full` };
    deps.log('warn', 'a delegation could not be handed over yet', { delegation_id: open.id, why: String(thrown) });
    return { kind: 'later', why: NOT_YET };
  }
}

/** A delegation's message as the queue would tell of it now. */
export function movedNow(
  deps: Deps,
  { id: delegation_id, target_id: workspace_id }: OpenDelegation,
  message: Pick<MovedMessage, 'queue_id' | 'state' | 'attempts' | 'why'>,
): MovedMessage {
  const live = message.state === 'waiting' ? deps.fleet.find(workspace_id) : undefined;
  const held = live ? whyHeldNow(live) : null;
  const { message_id } = messageKeyOf(delegation_id);
  return { ...message, workspace_id, message_id, delegation_id, held, why: held ?? message.why };
}

/** What a message that has come to its end says of its delegation; null: it has not. */
export function newsOfMessage(
  { state, why, answer }: Pick<MovedMessage, 'state' | 'why'> & { answer?: Record<string, unknown> | null },
  deps: Deps,
  open: OpenDelegation,
): DelegationNews | null {
  if (state === 'answered') return newsOfAnswer(answer ?? {}, deps, open);
  if (state === 'failed') return { kind: 'failure', reason: { kind: 'undelivered', why } };
  if (state !== 'dropped') return null;
  return { kind: 'failure', reason: deps.fleet.find(open.target_id) ? { kind: 'dropped', why } : { kind: 'target_removed' } };
}

function newsOfAnswer(answer: Record<string, unknown>, deps: Deps, { id: delegation_id }: OpenDelegation): DelegationNews {
  try {
    return { kind: 'answer', result: agentResultOf(answer) };
  } catch (thrown) {
    deps.log('error', 'the answer to a delegation could not be read', { delegation_id, why: String(thrown) });
    return { kind: 'failure', reason: { kind: 'unreadable' } };
  }
}

/** As the agent understands it; who cares finds the delegation in the metadata. */
function requestOf(delegationId: string, messageId: string, task: string, isModern: boolean) {
  if (isModern) {
    const message = { messageId, role: 'ROLE_USER', parts: [{ text: task }], metadata: { delegation_id: delegationId } };
    const configuration = { acceptedOutputModes: [], returnImmediately: false };
    return { jsonrpc: '2.0', id: messageId, method: 'SendMessage', params: { message, configuration } };
  }
  const message = {
    kind: 'message',
    messageId,
    role: 'user',
    parts: [{ kind: 'text', text: task }],
    metadata: { delegation_id: delegationId },
  };
  const configuration = { acceptedOutputModes: [], blocking: true };
  return { jsonrpc: '2.0', id: messageId, method: 'message/send', params: { message, configuration } };
}
