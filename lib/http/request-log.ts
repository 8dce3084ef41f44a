import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** Refusals written per second at most; the rest are counted. A flood must not fill the disk. */
const REFUSALS_A_SECOND = 50;

/**
 * One line a request, when its answer is over, however it ended (answered, streamed, left by its reader). Reading and
 * beating is `debug`, changing and being refused `info`, our own failures `error`. Never a query, a header or a body.
 */
export class RequestLog {
  readonly #logger: Logger;
  #underWay = 0;
  #whenIdle: (() => void) | null = null;
  #second = 0;
  #refusals = 0;
  readonly #why = new WeakMap<FastifyRequest, string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  watch(request: FastifyRequest, reply: FastifyReply): void {
    const began = performance.now();
    this.#underWay += 1;
    reply.raw.once('close', () => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#whenIdle?.();
      this.#write(request, reply, performance.now() - began);
    });
  }

  /** Resolves when no request is under way. */
  async idle(): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  /** What went wrong inside, whole: the caller is shown the request id only. */
  failed = (request: FastifyRequest, thrown: unknown): void => {
    this.#logger.error({ request_id: request.id, err: thrown }, 'a request failed unexpectedly');
  };

  /** Why it is refused, for its line: something that whoever runs the platform can mend. */
  because(request: FastifyRequest, why: string): void {
    this.#why.set(request, why);
  }

  #write(request: FastifyRequest, { raw }: FastifyReply, ms: number): void {
    const { method, url, id } = request;
    const status = raw.statusCode;
    const level = levelOf(status, method, url);
    if (!this.#logger.isLevelEnabled(level) || (status >= 400 && !this.#mayWrite())) return;
    const path = url.split('?', 1)[0]?.slice(0, 300);
    const left = raw.writableFinished ? {} : { left_early: true };
    const why = this.#why.get(request);
    const reason = why === undefined ? {} : { why };
    this.#logger[level]({ request_id: id, method, path, status, ms: Math.round(ms), ...reason, ...left }, 'request');
  }

  #mayWrite(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      const missing = this.#refusals - REFUSALS_A_SECOND;
      if (missing > 0) this.#logger.warn({ missing }, 'more requests were refused than are worth a line each');
      this.#second = second;
      this.#refusals = 0;
    }
    this.#refusals += 1;
    return this.#refusals <= REFUSALS_A_SECOND;
  }
}

function levelOf(status: number, method: string, url: string): 'debug' | 'info' | 'error' {
  if (status >= 500 && status !== 503) return 'error';
  if (status >= 400) return 'info';
  return method === 'GET' || method === 'HEAD' || url.startsWith('/registry/heartbeat') ? 'debug' : 'info';
}
