import type { FastifyReply } from 'fastify';
import type { EventSink } from '#lib/platform/event-sink.ts';
import { API_HEADERS } from './security-headers.ts';

export const PING_MS = 15_000;
/** A reader that takes nothing for so long has left. */
const STUCK_MS = 60_000;

/** A reply that is sent as events, from the first `open` or `send` on. At most one event waits for a slow reader. */
export class EventReply implements EventSink {
  readonly #reply: FastifyReply;
  readonly #gone = new AbortController();
  #pings: ReturnType<typeof setInterval> | undefined;

  constructor(reply: FastifyReply) {
    this.#reply = reply;
    reply.raw.once('close', () => {
      clearInterval(this.#pings);
      if (!reply.raw.writableFinished) this.#gone.abort();
    });
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  open(): void {
    const { raw } = this.#reply;
    if (raw.headersSent || this.gone.aborted) return;
    const headers = { ...API_HEADERS, ...(this.#reply.getHeaders() as Record<string, string>) };
    this.#reply.hijack();
    raw.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    raw.flushHeaders();
    this.#pings = setInterval(() => raw.writableLength === 0 && raw.write(': ping\n\n'), PING_MS);
  }

  async send(event: Record<string, unknown>): Promise<void> {
    this.open();
    const { raw } = this.#reply;
    if (this.gone.aborted || raw.write(`data: ${JSON.stringify(event)}\n\n`)) return;
    await new Promise<void>((resolve) => {
      const stuck = setTimeout(() => raw.destroy(), STUCK_MS);
      const done = () => {
        clearTimeout(stuck);
        raw.off('drain', done);
        raw.off('close', done);
        resolve();
      };
      raw.once('drain', done);
      raw.once('close', done);
    });
  }

  end(): void {
    clearInterval(this.#pings);
    this.#reply.raw.end();
  }
}
