import { createParser } from 'eventsource-parser';
import { MESSAGE_TTL_MS, type QueuedAnswer } from '#lib/contract/messages.ts';
import { ApiError, refusalOf } from './api.ts';

const TIME_DIGITS = 12;

/**
 * An id that is in no other message: 12 hexadecimal digits of `now` (epoch milliseconds), then 20 by chance. The browser's
 * own `randomUUID` is missing on pages that came over plain http.
 */
export function newMessageId(now: number): string {
  const chance = [...crypto.getRandomValues(new Uint8Array(10))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return now.toString(16).padStart(TIME_DIGITS, '0') + chance;
}

/** When a message was written, where its id is one of ours: the log tells only when it ended. Null: the id does not say. */
export function sentAtOf(messageId: string, endedAt: number): number | null {
  if (!/^[0-9a-f]{32}$/.test(messageId)) return null;
  const at = Number.parseInt(messageId.slice(0, TIME_DIGITS), 16);
  // Another program's id of 32 digits gives a time that no open message can have.
  return at <= endedAt && endedAt - at <= 2 * MESSAGE_TTL_MS ? at : null;
}

export interface OutgoingMessage {
  messageId: string;
  contextId: string;
  text: string;
}

/** The connection broke while the answer came: nobody knows here whether the agent goes on. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

/** JSON-RPC, A2A 0.3: what every agent that Canvas knows understands. */
function requestOf({ messageId, contextId, text }: OutgoingMessage) {
  const message = { kind: 'message', messageId, contextId, role: 'user', parts: [{ kind: 'text', text }] };
  return { jsonrpc: '2.0', id: messageId, method: 'message/stream', params: { message } };
}

/**
 * Sends a message to a workspace and tells every event of its answer as it comes, each a JSON-RPC answer. Resolves to null
 * when the answer is complete, or to where the message waits when it cannot be delivered now. Rejects with an `ApiError`
 * that says what to do (it was not taken then), with `AnswerLost`, or with the signal's reason.
 */
export async function streamMessage(
  id: string,
  message: OutgoingMessage,
  onEvent: (event: unknown) => void,
  signal: AbortSignal,
): Promise<QueuedAnswer | null> {
  let response: Response;
  try {
    response = await fetch(`/workspaces/${encodeURIComponent(id)}/a2a`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream, application/json' },
      body: JSON.stringify(requestOf(message)),
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError(0, 'unavailable', 'Canvas did not answer. It may be restarting, or this computer is offline. Try again.');
  }
  if (response.ok && response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await readEvents(response, onEvent, signal);
    return null;
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.status === 202) return body as QueuedAnswer;
  const answer = body as { result?: unknown; error?: unknown } | null;
  if (response.ok || typeof answer?.error === 'object') {
    onEvent(answer);
    return null;
  }
  throw refusalOf(response.status, body);
}

async function readEvents(response: Response, onEvent: (event: unknown) => void, signal: AbortSignal): Promise<void> {
  const parser = createParser({
    onEvent({ data }) {
      try {
        onEvent(JSON.parse(data));
      } catch {
        // A line that is no JSON says nothing of the answer; the next one may.
      }
    },
  });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) parser.feed(decoder.decode(next.value, { stream: true }));
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new AnswerLost('The connection was lost while the agent answered.', { cause });
  }
}
