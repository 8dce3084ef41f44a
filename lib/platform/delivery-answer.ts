import type { EventActor, NewEvent } from '#lib/contract/events.ts';
import { MAX_MESSAGE_BYTES, type MessageState } from '#lib/contract/messages.ts';
import { shortAnswer } from '#lib/domain/delegation-result.ts';
import { LOST_ANSWER } from '#lib/domain/delivery-outcome.ts';
import { scrub } from '#lib/domain/scrub.ts';
import type { MessageChange } from '#lib/store/messages.ts';
import type { DeliveryNews, QueuedEntry } from './delivery-box.ts';

/**
 * An agent's answer as the store keeps it: JSON, without secrets. Of one that is too large a delegation keeps the text that it
 * reads (`short`), so that it ends the same way after a kill; else it is not kept, and says so.
 */
export function keptAnswer(answer: Record<string, unknown>, short: boolean): string {
  // Asked before it is scrubbed too: that takes its time, and nobody would read the rest.
  const fits = (text: string) => Buffer.byteLength(text) <= MAX_MESSAGE_BYTES;
  const text = fits(JSON.stringify(answer)) ? JSON.stringify(scrub(answer).value) : '';
  if (text !== '' && fits(text)) return text;
  const beginning = short ? JSON.stringify(shortAnswer(answer)) : 'null';
  if (beginning !== 'null' && fits(beginning)) return beginning;
  const message = `It was answered; the answer was larger than ${MAX_MESSAGE_BYTES} bytes and was not kept.`;
  return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32015, message, data: LOST_ANSWER } });
}

/** What the callers of a message are told of its new state; null: nothing. */
export function newsOf({ state, why = '' }: MessageChange): DeliveryNews | null {
  if (state === 'waiting' || state === 'failed') return { kind: 'put_back' };
  return state === 'dropped' || state === 'expired' ? { kind: 'ended', state, why } : null;
}

/** What the ledger learns of a change of state: what a person may have to look at, not each message on its way. */
export function messageEvents(
  entry: QueuedEntry,
  was: MessageState,
  { state, why = '' }: MessageChange,
  by: { actor: EventActor; at: number },
): NewEvent[] {
  const base = { workspace_id: entry.workspace_id, ...by };
  const data = { queue_id: entry.id, sender_name: entry.sender_name };
  if (state === 'failed') return [{ ...base, type: 'message.failed', data: { ...data, why } }];
  if (state === 'dropped') return [{ ...base, type: 'message.dropped', data: { ...data, why } }];
  if (state === 'expired') return [{ ...base, type: 'message.expired', data }];
  return state === 'waiting' && was !== 'delivering' ? [{ ...base, type: 'message.retried', data }] : [];
}
