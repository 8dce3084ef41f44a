import { randomUUID } from 'node:crypto';
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { httpCall } from './http-call.ts';

export interface PeerMessage {
  url: string;
  /** Who asks: sent as X-Workspace-ID. */
  from: string;
  text: string;
  contextId?: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

interface TextPart {
  text?: unknown;
}
interface TaskLike {
  parts?: TextPart[];
  artifacts?: { parts?: TextPart[] }[];
  status?: { state?: unknown; message?: { parts?: TextPart[] } };
}

/** Sends one message in A2A 0.3, which every agent of the field reads, and waits for the text of its answer. Rejects with
 * `draining` or `interrupted` when the other one is being restarted: the same message may be sent again then. */
export async function askAgent(message: PeerMessage): Promise<string> {
  const answer = await httpCall({
    url: new URL(message.url),
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-workspace-id': message.from },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: randomUUID(),
      method: 'message/send',
      params: {
        configuration: { blocking: true },
        message: {
          kind: 'message',
          role: 'user',
          messageId: randomUUID(),
          ...(message.contextId && { contextId: message.contextId }),
          parts: [{ kind: 'text', text: message.text }],
        },
      },
    }),
    timeoutMs: message.timeoutMs,
    signal: message.signal,
  });
  const body = parse(answer.text);
  if (body.error?.message) {
    const code = errorCodeOf(body.error.data);
    throw new CanvasError(code === 'draining' || code === 'interrupted' ? code : 'upstream_failed', String(body.error.message));
  }
  if (answer.status >= 400 || body.result === undefined)
    throw new CanvasError('upstream_failed', `The agent at ${message.url} answered ${answer.status} without a result`);
  const { result } = body;
  const state = String(result.status?.state ?? 'completed');
  const said = [result.parts, ...(result.artifacts ?? []).map((artifact) => artifact.parts)].flatMap((parts) => textsOf(parts)).join('\n');
  if (state === 'completed') return said;
  const why = textsOf(result.status?.message?.parts).join('\n');
  throw new CanvasError('upstream_failed', why === '' ? `The agent ended the task as "${state}"` : why);
}

function parse(text: string): { error?: { message?: unknown; data?: unknown }; result?: TaskLike } {
  try {
    return JSON.parse(text) as { error?: { message?: unknown; data?: unknown }; result?: TaskLike };
  } catch {
    return {};
  }
}

function textsOf(parts: TextPart[] | undefined): string[] {
  return (parts ?? []).map((part) => part.text).filter((text) => typeof text === 'string');
}
