import { CanvasError, type ErrorCode } from '#lib/contract/errors.ts';
import type { AgentTransport, TransportAnswer, TransportCall } from './agent-transport.ts';

const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Test support: the same promises over `fetch`, for rooms that may not know the adapter. Its calls may take 5 minutes. */
export class FetchTransport implements AgentTransport {
  async call({ url, method, headers, body, timeoutMs, signal, maxBytes }: TransportCall): Promise<TransportAnswer> {
    const where = `${method} ${url.origin}${url.pathname}`;
    const lost = (code: ErrorCode, why: string, begun: boolean) => new CanvasError(code, `${where} ${why}.`, { begun });
    if (signal?.aborted) throw lost('timeout', 'was given up', false);
    const limit = timeoutMs === null ? [] : [AbortSignal.timeout(timeoutMs)];
    const ends = AbortSignal.any([...limit, ...(signal ? [signal] : [])]);
    let answer: TransportAnswer;
    try {
      const own = timeoutMs === null ? { connection: 'close' } : {};
      const response = await fetch(url, { method, headers: { ...headers, ...own }, body: body ?? null, redirect: 'manual', signal: ends });
      answer = { status: response.status, text: await response.text() };
    } catch (thrown) {
      if (ends.aborted)
        throw lost('timeout', signal?.aborted ? 'was given up' : `did not answer within ${(timeoutMs ?? 0) / 1000} s`, true);
      const code = (thrown as { cause?: { code?: string } }).cause?.code ?? String(thrown);
      throw lost('upstream_unreachable', `failed: ${code}`, !NOT_CONNECTED.has(code));
    }
    if (Buffer.byteLength(answer.text) > maxBytes) throw lost('upstream_failed', `answered more than ${maxBytes} bytes`, true);
    return answer;
  }

  close(): void {}
}
