import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { CanvasError, type ErrorCode } from '#lib/contract/errors.ts';
import {
  type AgentTransport,
  CONNECT_MS,
  mediaTypeOf,
  type TransportAnswer,
  type TransportCall,
  type TransportStream,
  wholeAnswer,
} from '#lib/ports/agent-transport.ts';
import { SilenceWatch } from '#lib/ports/silence-watch.ts';

/** A connection that rested longer is not used again: most servers keep one for 5 s at least, so that none is closed on its way. */
const RESTED_MS = 1000;
/** The first probe of a silent connection: what is dead without a goodbye is found, however long an agent works. */
const PROBE_AFTER_MS = 30_000;

/**
 * Calls over node:http. Not `fetch`: it gives up on an agent that takes longer than 300 s to its first byte.
 */
export class HttpAgentTransport implements AgentTransport {
  readonly #http = new http.Agent({ keepAlive: true });
  readonly #https = new https.Agent({ keepAlive: true });
  /** For calls that are sent once at the most. */
  readonly #onceHttp = new http.Agent({ keepAlive: true, timeout: RESTED_MS, scheduling: 'lifo' });
  readonly #onceHttps = new https.Agent({ keepAlive: true, timeout: RESTED_MS, scheduling: 'lifo' });

  async call(call: TransportCall): Promise<TransportAnswer> {
    return wholeAnswer(await this.open(call));
  }

  async open(call: TransportCall): Promise<TransportStream> {
    const isSecure = call.url.protocol === 'https:';
    if (call.timeoutMs === null) return new Attempt(call, isSecure ? this.#onceHttps : this.#onceHttp).begin();
    try {
      return await new Attempt(call, isSecure ? this.#https : this.#http).begin();
    } catch (thrown) {
      // The agent closed a kept connection while this call was on its way into it.
      if (thrown instanceof StaleConnection) return new Attempt(call, false).begin();
      throw thrown;
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
    this.#onceHttp.destroy();
    this.#onceHttps.destroy();
  }
}

class StaleConnection extends Error {}

/** One request. Whatever ends it early is its `#loss`; then nothing more is read. */
class Attempt {
  readonly #call: TransportCall;
  readonly #request: http.ClientRequest;
  readonly #where: string;
  readonly #watch: SilenceWatch;
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  #begun = false;
  #loss: Error | null = null;
  #fail: (loss: Error) => void = () => {};

  constructor(call: TransportCall, agent: http.Agent | false) {
    const { url, method, headers, body, silence } = call;
    this.#call = call;
    this.#where = `${method} ${url.origin}${url.pathname}`;
    this.#watch = new SilenceWatch(silence, () => this.#lose('timeout', `was silent for ${(silence?.ms ?? 0) / 1000} s`, { silent: true }));
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const send = url.protocol === 'https:' ? https.request : http.request;
    this.#request = send(url, { method, headers: { ...headers, ...length }, agent });
  }

  begin(): Promise<TransportStream> {
    const { signal, timeoutMs, connectMs = CONNECT_MS, body } = this.#call;
    const request = this.#request;
    return new Promise<TransportStream>((resolve, reject) => {
      this.#fail = reject;
      if (timeoutMs !== null) this.#after(timeoutMs, () => this.#lose('timeout', `did not answer within ${timeoutMs / 1000} s`));
      const connecting = this.#after(connectMs, () => this.#lose('upstream_unreachable', `did not connect within ${connectMs / 1000} s`));
      request.on('socket', (socket: Socket) => {
        const connected = () => {
          clearTimeout(connecting);
          this.#begun = true;
          socket.setKeepAlive(true, PROBE_AFTER_MS);
          this.#watch.wait();
        };
        if (socket.connecting) socket.once(this.#call.url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
        else connected();
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (this.#call.timeoutMs !== null && request.reusedSocket && error.code === 'ECONNRESET') return reject(new StaleConnection());
        this.#lose('upstream_unreachable', `failed: ${error.code ?? error.message}`);
      });
      request.on('response', (response) => {
        this.#watch.rest();
        const contentType = mediaTypeOf(response.headers['content-type']);
        resolve({ status: response.statusCode ?? 0, contentType, chunks: this.#read(response) });
      });
      const leave = () => this.#lose('timeout', 'was given up');
      request.on('close', () => {
        for (const timer of this.#timers) clearTimeout(timer);
        this.#watch.rest();
        signal?.removeEventListener('abort', leave);
      });
      signal?.addEventListener('abort', leave);
      if (signal?.aborted) leave();
      else request.end(body);
    });
  }

  async *#read(response: IncomingMessage): AsyncGenerator<Uint8Array> {
    let size = 0;
    const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    try {
      for (;;) {
        this.#watch.wait();
        const { done, value } = await chunks.next();
        this.#watch.rest();
        if (this.#loss) throw this.#loss;
        if (done) return;
        size += value.length;
        if (size > this.#call.maxBytes) this.#lose('upstream_failed', `answered more than ${this.#call.maxBytes} bytes`);
        if (this.#loss) throw this.#loss;
        yield value;
      }
    } catch (thrown) {
      const { code, message } = thrown as NodeJS.ErrnoException;
      if (!this.#loss) this.#lose('upstream_unreachable', `broke off within its answer: ${code ?? message}`);
      throw this.#loss;
    } finally {
      this.#watch.rest();
      if (!response.complete) this.#request.destroy();
    }
  }

  #lose(code: ErrorCode, why: string, more: Record<string, unknown> = {}): void {
    this.#loss ??= new CanvasError(code, `${this.#where} ${why}.`, { begun: this.#begun, ...more });
    this.#fail(this.#loss);
    this.#request.destroy();
  }

  #after(ms: number, then: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(then, ms);
    this.#timers.push(timer);
    return timer;
  }
}
