import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { CanvasError } from '#lib/contract/errors.ts';

export interface HttpCall {
  url: URL;
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Covers the whole call: connecting, sending, waiting and reading. */
  timeoutMs: number;
  /** Covers connecting alone; for an agent that keeps no connection alive. */
  connectMs?: number;
  agent?: http.Agent;
  /** Stands for the system's: the addresses that a name stands for. Not asked about addresses. */
  lookup?: LookupFunction;
  /** What errors call it; absent: its method, origin and path. */
  name?: string;
  signal?: AbortSignal | undefined;
  /** More than this is refused, not cut. */
  maxAnswerBytes?: number;
}

export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * One HTTP call over node:http (`fetch` would cost ten megabytes of the runtime's eighty).
 * Rejects with `upstream_unreachable`, `timeout` or `too_large`; any status is an answer.
 */
export async function httpCall(call: HttpCall): Promise<HttpAnswer> {
  try {
    return await attempt(call);
  } catch (thrown) {
    // The peer closed a kept-alive connection while this call was on its way into it: nobody has read it.
    if (thrown instanceof StaleConnection) return await attempt({ ...call, headers: { ...call.headers, connection: 'close' } });
    throw thrown;
  }
}

class StaleConnection extends Error {}

export function newHttpAgent(url: URL, maxSockets = 8): http.Agent {
  const options = { keepAlive: true, maxSockets };
  return url.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
}

function attempt(call: HttpCall): Promise<HttpAnswer> {
  const where = call.name ?? `${call.method} ${call.url.origin}${call.url.pathname}`;
  const limit = call.maxAnswerBytes ?? MAX_ANSWER_BYTES;
  return new Promise<HttpAnswer>((resolve, reject) => {
    const secure = call.url.protocol === 'https:';
    const send = secure ? https.request : http.request;
    const headers: Record<string, string> = { ...call.headers };
    if (call.body !== undefined) headers['content-length'] = String(Buffer.byteLength(call.body));
    const { method, agent, lookup, connectMs } = call;
    const request = send(call.url, { method, headers, ...(agent && { agent }), ...(lookup && { lookup }) });
    const fail = (error: Error) => {
      reject(error);
      request.destroy();
    };
    const failLate = (what: string, ms: number) =>
      setTimeout(() => fail(new CanvasError('timeout', `${where} did not ${what} within ${ms / 1000} s`)), ms);
    const timer = failLate('answer', call.timeoutMs);
    const connecting = connectMs === undefined ? undefined : failLate('accept a connection', connectMs);
    if (connecting !== undefined)
      request.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connecting)));
    const onAbort = () => fail(new CanvasError('timeout', `${where} was given up because the task was cancelled`));
    request.on('close', () => {
      clearTimeout(timer);
      clearTimeout(connecting);
      call.signal?.removeEventListener('abort', onAbort);
    });
    if (call.signal?.aborted) onAbort();
    call.signal?.addEventListener('abort', onAbort);
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (request.reusedSocket && error.code === 'ECONNRESET') return reject(new StaleConnection());
      reject(
        new CanvasError(
          'upstream_unreachable',
          `${where} failed: ${error.code ?? error.message}. Is it running, and is the address right?`,
        ),
      );
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > limit) return fail(new CanvasError('too_large', `${where} answered more than ${limit} bytes`));
        chunks.push(chunk);
      });
      response.on('error', (error: NodeJS.ErrnoException) =>
        reject(new CanvasError('upstream_unreachable', `${where} broke off: ${error.code ?? error.message}`)),
      );
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.end(call.body);
  });
}
