import { createParser } from 'eventsource-parser';
import type { QueuedAnswer } from '#lib/contract/messages.ts';
import { ApiError, refusalOf } from './api.ts';

/** An id that is in no other message. The browser's own `randomUUID` is missing on pages that came over plain http. */
export function newMessageId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export interface OutgoingMessage {
  messageId: string;
  contextId: string;
  text: string;
}

const LOST =
  'The connection was lost while the agent answered, so it was told to stop. Look below whether its answer came after all; else send it again.';

/** JSON-RPC, A2A 0.3: what every agent that Canvas knows understands. */
function requestOf({ messageId, contextId, text }: OutgoingMessage) {
  const message = { kind: 'message', messageId, contextId, role: 'user', parts: [{ kind: 'text', text }] };
  return { jsonrpc: '2.0', id: messageId, method: 'message/stream', params: { message } };
}

/**
 * Sends a message to a workspace and tells every event of its answer as it comes, each a JSON-RPC answer. Resolves to null
 * when the answer is complete, or to where the message waits when it cannot be delivered now. Rejects with an `ApiError`
 * that says what to do, or with the signal's reason.
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
    throw new ApiError(0, 'unavailable', LOST);
  }
}
