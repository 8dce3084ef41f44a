import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { CanvasError, type ErrorCode } from '#lib/contract/errors.ts';
import type { AgentTransport, TransportAnswer, TransportCall } from '#lib/ports/agent-transport.ts';

/** The first probe of a silent connection: what is dead without a goodbye is found, however long an agent works. */
const PROBE_AFTER_MS = 30_000;

/**
 * Calls over node:http. Not `fetch`: it gives up on an agent that takes longer than 300 s to its first byte.
 */
export class HttpAgentTransport implements AgentTransport {
  readonly #http = new http.Agent({ keepAlive: true });
  readonly #https = new https.Agent({ keepAlive: true });

  async call(call: TransportCall): Promise<TransportAnswer> {
    const agent = call.url.protocol === 'https:' ? this.#https : this.#http;
    if (call.timeoutMs === null) return attempt(call, false);
    try {
      return await attempt(call, agent);
    } catch (thrown) {
      // The agent closed a kept connection while this call was on its way into it.
      if (thrown instanceof StaleConnection) return attempt(call, false);
      throw thrown;
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

class StaleConnection extends Error {}

function attempt(call: TransportCall, agent: http.Agent | false): Promise<TransportAnswer> {
  const where = `${call.method} ${call.url.origin}${call.url.pathname}`;
  const body = call.body === undefined ? undefined : Buffer.from(call.body);
  const headers = { ...call.headers, ...(body && { 'content-length': String(body.length) }) };
  return new Promise<TransportAnswer>((resolve, reject) => {
    const send = call.url.protocol === 'https:' ? https.request : http.request;
    let begun = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const request = send(call.url, { method: call.method, headers, agent });
    const lose = (code: ErrorCode, sentence: string) => {
      reject(new CanvasError(code, sentence, { begun }));
      request.destroy();
    };
    const onAbort = () => lose('timeout', `${where} was given up.`);
    if (call.timeoutMs !== null) {
      const { timeoutMs } = call;
      timer = setTimeout(() => lose('timeout', `${where} did not answer within ${timeoutMs / 1000} s.`), timeoutMs);
    }
    request.on('close', () => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', onAbort);
    });
    request.on('socket', (socket: Socket) => {
      const connected = () => {
        begun = true;
        socket.setKeepAlive(true, PROBE_AFTER_MS);
      };
      if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (request.reusedSocket && error.code === 'ECONNRESET') return reject(new StaleConnection());
      lose('upstream_unreachable', `${where} failed: ${error.code ?? error.message}.`);
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > call.maxBytes) return lose('upstream_failed', `${where} answered more than ${call.maxBytes} bytes.`);
        chunks.push(chunk);
      });
      response.on('error', (error: NodeJS.ErrnoException) =>
        lose('upstream_unreachable', `${where} broke off within its answer: ${error.code ?? error.message}.`),
      );
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
    });
    call.signal?.addEventListener('abort', onAbort);
    if (call.signal?.aborted) onAbort();
    else request.end(body);
  });
}
