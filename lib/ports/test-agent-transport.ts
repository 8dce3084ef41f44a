import { CanvasError, type ErrorCode } from '#lib/contract/errors.ts';
import {
  type AgentTransport,
  mediaTypeOf,
  type TransportAnswer,
  type TransportCall,
  type TransportStream,
  wholeAnswer,
} from './agent-transport.ts';
import { SilenceWatch } from './silence-watch.ts';

const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** Test support: the same promises over `fetch`, for rooms that may not know the adapter. Its calls may take 5 minutes to their first byte. */
export class FetchTransport implements AgentTransport {
  async call(call: TransportCall): Promise<TransportAnswer> {
    return wholeAnswer(await this.open(call));
  }

  async open({ url, method, headers, body, timeoutMs, connectMs, silence, signal, maxBytes }: TransportCall): Promise<TransportStream> {
    const where = `${method} ${url.origin}${url.pathname}`;
    let begun = false;
    const lost = (code: ErrorCode, why: string, more = {}) => new CanvasError(code, `${where} ${why}.`, { begun, ...more });
    if (signal?.aborted) throw lost('timeout', 'was given up');
    begun = true;
    const ends = new AbortController();
    const end = (refusal: CanvasError) => ends.abort(refusal);
    const limits = [
      ...(timeoutMs === null ? [] : [setTimeout(() => end(lost('timeout', `did not answer within ${timeoutMs / 1000} s`)), timeoutMs)]),
      // Nobody can see from here when it is connected: only a test of that gives a limit.
      ...(connectMs === undefined
        ? []
        : [setTimeout(() => end(lost('upstream_unreachable', 'did not connect', { begun: false })), connectMs)]),
    ];
    const watch = new SilenceWatch(silence, () => end(lost('timeout', `was silent for ${(silence?.ms ?? 0) / 1000} s`, { silent: true })));
    const leave = () => end(lost('timeout', 'was given up'));
    signal?.addEventListener('abort', leave);
    const done = () => {
      for (const limit of limits) clearTimeout(limit);
      watch.rest();
      signal?.removeEventListener('abort', leave);
    };
    const failed = (thrown: unknown) => {
      done();
      if (ends.signal.aborted) return ends.signal.reason as CanvasError;
      const code = (thrown as { cause?: { code?: string } }).cause?.code ?? String(thrown);
      return lost('upstream_unreachable', `failed: ${code}`, { begun: !NOT_CONNECTED.has(code) });
    };
    watch.wait();
    const response = await fetch(url, {
      method,
      headers,
      body: body ?? null,
      redirect: 'manual',
      signal: ends.signal,
    }).catch((thrown: unknown) => {
      throw failed(thrown);
    });
    watch.rest();
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      const reader = response.body?.getReader();
      let size = 0;
      try {
        while (reader) {
          watch.wait();
          const { done: ended, value } = await reader.read();
          watch.rest();
          if (ended) return;
          size += value.length;
          if (size > maxBytes) throw lost('upstream_failed', `answered more than ${maxBytes} bytes`);
          yield value;
        }
      } catch (thrown) {
        throw thrown instanceof CanvasError && !ends.signal.aborted ? thrown : failed(thrown);
      } finally {
        done();
        ends.abort();
      }
    };
    return { status: response.status, contentType: mediaTypeOf(response.headers.get('content-type')), chunks: chunks() };
  }

  close(): void {}
}
