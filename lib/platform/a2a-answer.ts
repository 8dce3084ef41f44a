import { JSON_RPC_CODE } from '#lib/contract/errors.ts';
import type { QueuedAnswer } from '#lib/contract/messages.ts';

type RpcId = string | number | null;
type Json = Record<string, unknown>;

/** An answer in JSON-RPC, or word that the message is queued, or that all of it was sent as events. */
export type MessageReply = { answer: Json } | { queued: QueuedAnswer } | { streamed: true };

/** The agent's answer under the id of whoever asks: one message may have been sent twice, in two requests. */
export function answerTo(id: RpcId, answer: unknown): Json {
  return { ...(answer as Json), id };
}

export function rpcError(id: RpcId, code: number, message: string, data?: Json): Json {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data ? { data } : {}) } };
}

/** What a message that has ended came to, for whoever asks for it now. */
export function endedAnswer(id: RpcId, { state, why, answer }: { state: string; why: string; answer: unknown }): Json {
  if (state === 'answered') return answerTo(id, answer);
  const said =
    state === 'expired'
      ? 'The message waited for 24 hours and expired. Send it again under a new messageId.'
      : `The message was dropped: ${why}`;
  return rpcError(id, JSON_RPC_CODE.gone, said);
}
