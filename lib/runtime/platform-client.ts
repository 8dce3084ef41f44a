import { setMaxListeners } from 'node:events';
import type http from 'node:http';
import { CanvasError, ERROR_CODES, type ErrorCode } from '#lib/contract/errors.ts';
import type { Credentials } from './credentials.ts';
import { httpCall, newHttpAgent } from './http-call.ts';

export const CALL_TIMEOUT_MS = 10_000;

export interface PlatformAnswer {
  status: number;
  /** Parsed JSON, or null when the answer was not JSON. */
  body: unknown;
  /** From `Retry-After`, when the platform named a wait. */
  retryAfterMs: number | null;
  /** Where the next page of a list begins; null: this was the last, or it is no list. */
  nextCursor: string | null;
}

export interface PlatformCall {
  body?: unknown;
  headers?: Record<string, string>;
  /** Sent instead of the token: a join code. It is not re-read on 401. */
  bearer?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** It may take long: it gets a connection of its own, so that no beat waits behind it. */
  patient?: boolean;
}

/**
 * Calls to the platform as this workspace. Every call that is answered 401 reads the token file again and, when the
 * token there is another one, is made once more with it: a rotation never needs a restart of this process.
 */
export class PlatformClient {
  readonly origin: string;
  readonly #base: URL;
  readonly #credentials: Credentials;
  readonly #closing = new AbortController();
  #agent: http.Agent;
  #patientAgent: http.Agent;

  constructor(platformUrl: string, credentials: Credentials) {
    this.#base = new URL(platformUrl.endsWith('/') ? platformUrl : `${platformUrl}/`);
    this.origin = this.#base.origin;
    this.#credentials = credentials;
    this.#agent = newHttpAgent(this.#base);
    this.#patientAgent = newHttpAgent(this.#base, Number.POSITIVE_INFINITY);
    // As many listen as there are questions under way: node would take that for a leak.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Aborts when this client is closed: nothing is to be called any more. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** Drops every connection and starts over with new ones. */
  renew(): void {
    this.#agent.destroy();
    this.#patientAgent.destroy();
    this.#agent = newHttpAgent(this.#base);
    this.#patientAgent = newHttpAgent(this.#base, Number.POSITIVE_INFINITY);
  }

  close(): void {
    this.#closing.abort();
    this.#agent.destroy();
    this.#patientAgent.destroy();
  }

  /** `path` begins with a slash. Any status is an answer; rejects only when there is none. */
  async call(method: 'GET' | 'POST', path: string, call: PlatformCall = {}): Promise<PlatformAnswer> {
    if (call.bearer !== undefined) return await this.#send(method, path, call, call.bearer);
    const used = this.#credentials.token;
    const answer = await this.#send(method, path, call, used);
    if (answer.status !== 401) return answer;
    const fresh = await this.#credentials.rereadToken();
    return fresh === null || fresh === used ? answer : await this.#send(method, path, call, fresh);
  }

  async #send(method: 'GET' | 'POST', path: string, call: PlatformCall, bearer: string | null): Promise<PlatformAnswer> {
    const answer = await httpCall({
      url: new URL(path.slice(1), this.#base),
      method,
      headers: {
        origin: this.origin,
        accept: 'application/json',
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(call.body !== undefined && { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      timeoutMs: call.timeoutMs ?? CALL_TIMEOUT_MS,
      agent: call.patient ? this.#patientAgent : this.#agent,
      signal: call.signal,
    });
    const seconds = Number(answer.headers['retry-after']);
    const cursor = answer.headers['x-next-cursor'];
    return {
      status: answer.status,
      body: parseJson(answer.text),
      retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null,
      nextCursor: cursor === undefined || cursor === '' ? null : String(cursor),
    };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The refusal in an answer, as an error with the platform's own sentence; null when it was no refusal. */
export function refusalOf(answer: Pick<PlatformAnswer, 'status' | 'body'>, what: string): CanvasError | null {
  if (answer.status >= 200 && answer.status < 300) return null;
  const body = (typeof answer.body === 'object' && answer.body !== null ? answer.body : {}) as { error?: unknown; code?: unknown };
  const said = typeof body.error === 'string' ? body.error.replace(/\.$/, '') : 'no reason given';
  const code = (ERROR_CODES as readonly unknown[]).includes(body.code) ? (body.code as ErrorCode) : 'upstream_failed';
  return new CanvasError(code, `The platform refused ${what} with ${answer.status}: ${said}`, { status: answer.status });
}
