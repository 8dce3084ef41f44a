import { randomUUID } from 'node:crypto';
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';

/** One question of a workspace to another. */
export interface PeerMessage {
  /** The same in every attempt: by it the other side knows that it is one message. */
  messageId: string;
  text: string;
  contextId?: string | undefined;
  /** The work that asks it, in W3C form; undefined: none is known. */
  traceparent?: string | undefined;
}

interface TextPart {
  text?: unknown;
}
interface TaskLike {
  parts?: TextPart[];
  artifacts?: { parts?: TextPart[] }[];
  status?: { state?: unknown; message?: { parts?: TextPart[] } };
}

/** The JSON-RPC request in A2A 0.3, which every agent of the field reads. */
export function peerRequest({ messageId, text, contextId, traceparent }: PeerMessage): Record<string, unknown> {
  return {
    jsonrpc: '2.0',
    id: randomUUID(),
    method: 'message/send',
    params: {
      configuration: { acceptedOutputModes: [], blocking: true },
      message: {
        kind: 'message',
        role: 'user',
        messageId,
        ...(contextId && { contextId }),
        ...(traceparent && { metadata: { traceparent } }),
        parts: [{ kind: 'text', text }],
      },
    },
  };
}

/**
 * The text of a JSON-RPC answer. Throws `draining` or `interrupted` when it says so, else `upstream_failed` with what
 * the agent said. `where` answered with `status`.
 */
export function peerAnswerOf(answer: unknown, { where, status }: { where: string; status: number }): string {
  const body = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    error?: { message?: unknown; data?: unknown };
    result?: TaskLike | null;
  };
  if (body.error?.message) {
    const code = errorCodeOf(body.error.data);
    throw new CanvasError(code === 'draining' || code === 'interrupted' ? code : 'upstream_failed', String(body.error.message));
  }
  if (status >= 400 || body.result === undefined || body.result === null)
    throw new CanvasError('upstream_failed', `${where} answered ${status} without a result`);
  const { result } = body;
  const state = String(result.status?.state ?? 'completed');
  const said = [result.parts, ...(result.artifacts ?? []).map((artifact) => artifact.parts)].flatMap((parts) => textsOf(parts)).join('\n');
  if (state === 'completed') return said;
  const why = textsOf(result.status?.message?.parts).join('\n');
  throw new CanvasError('upstream_failed', why === '' ? `The agent ended the task as "${state}"` : why);
}

function textsOf(parts: TextPart[] | undefined): string[] {
  return (parts ?? []).map((part) => part.text).filter((text) => typeof text === 'string');
}
