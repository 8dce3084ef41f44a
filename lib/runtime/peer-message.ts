import { randomUUID } from 'node:crypto';
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { agentResultOf } from '#lib/domain/delegation-result.ts';

/** One question of a workspace to another. */
export interface PeerMessage {
  /** The same in every attempt: by it the other side knows that it is one message. */
  messageId: string;
  text: string;
  contextId?: string | undefined;
  /** The work that asks it, in W3C form; undefined: none is known. */
  traceparent?: string | undefined;
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
 * The text of a JSON-RPC answer in A2A 0.3 or 1.0. Throws `draining` or `interrupted` when it says so, else
 * `upstream_failed` with what the agent said. `where` answered with `status`.
 */
export function peerAnswerOf(answer: unknown, { where, status }: { where: string; status: number }): string {
  const body = (typeof answer === 'object' && answer !== null ? answer : {}) as { error?: { data?: unknown } | null; result?: unknown };
  const hasResult = typeof body.result === 'object' && body.result !== null;
  const said = agentResultOf({ ...body });
  if (said.ok && hasResult && status < 400) return said.text;
  const code = errorCodeOf(body.error?.data);
  if (code === 'draining' || code === 'interrupted') throw new CanvasError(code, said.text || `${where} is ${code}`);
  if (!said.ok && said.text !== '') throw new CanvasError('upstream_failed', said.text);
  if (said.ok || !hasResult || status >= 400) throw new CanvasError('upstream_failed', `${where} answered ${status} without a result`);
  throw new CanvasError('upstream_failed', said.why === 'asks' ? `${where} asks for more` : `${where} says of the task: ${said.why}`);
}
