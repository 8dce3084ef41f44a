import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';

const TIMEOUT_MS = 10_000;
/** Times that a call is sent again when the platform says that it is too busy. */
const TRIES = 60;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export interface Answer {
  status: number;
  /** Parsed JSON; null when the body is empty or none. */
  body: unknown;
  /** From `Retry-After`, when the platform is too busy to take the call (503, 429). */
  retry_after_ms: number | null;
}

/** The address of a platform on this machine, and of no other. @throws CanvasError `bad_request` */
export function loopbackUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' && LOOPBACK.test(url.hostname)) return url;
  throw new CanvasError(
    'bad_request',
    `--url ${text}: a simulated fleet only drives a platform on this machine, such as http://127.0.0.1:3000`,
  );
}

/** Real HTTP over connections that are kept, a bounded number of them. */
export class PlatformClient {
  readonly #agent: Agent;
  readonly #base: URL;

  constructor(base: URL, connections: number) {
    this.#base = base;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  }

  /** Any status resolves; only a failed connection or a timeout rejects. */
  send(method: string, path: string, options: { token?: string; body?: unknown } = {}): Promise<Answer> {
    const payload = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const headers: Record<string, string | number> = {};
    if (payload) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = payload.length;
    }
    if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#base;
      const host = hostname.replace(/^\[|\]$/g, '');
      const sent = request({ agent: this.#agent, host, port: port || 80, method, path, headers, timeout: TIMEOUT_MS }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks)), retry_after_ms: retryAfter(response) }),
        );
        response.on('error', reject);
      });
      sent.on('timeout', () =>
        sent.destroy(new CanvasError('timeout', `${method} ${path} was not answered within ${TIMEOUT_MS / 1000} s`)),
      );
      sent.on('error', reject);
      sent.end(payload);
    });
  }

  /** As `send`, and again when the platform is too busy, as often and as late as it asks for. */
  async insist(method: string, path: string, options: { token?: string; body?: unknown } = {}): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.send(method, path, options);
      if (answer.retry_after_ms === null || tries >= TRIES) return answer;
      await wait(answer.retry_after_ms);
    }
  }

  /** For calls that must succeed. @throws CanvasError with the platform's own words */
  async call(method: string, path: string, options: { token?: string; body?: unknown } = {}): Promise<Record<string, unknown>> {
    let answer: Answer;
    try {
      answer = await this.insist(method, path, options);
    } catch (error) {
      throw new CanvasError(
        'upstream_unreachable',
        `${this.#base.origin} does not answer ${method} ${path} (${wordsOf(error)}). Is Canvas running there?`,
      );
    }
    const body = (answer.body ?? {}) as Record<string, unknown>;
    if (answer.status >= 200 && answer.status < 300) return body;
    throw new CanvasError(
      errorCodeOf(body),
      `${method} ${path} was refused with ${answer.status}: ${String(body['error'] ?? 'no reason given')}`,
    );
  }

  close(): void {
    this.#agent.destroy();
  }
}

export function wordsOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(message || code || error);
}

function retryAfter({ statusCode, headers }: IncomingMessage): number | null {
  if (statusCode !== 503 && statusCode !== 429) return null;
  const seconds = Number(headers['retry-after'] ?? 1);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000;
}

function parsed(bytes: Buffer): unknown {
  if (bytes.length === 0) return null;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
