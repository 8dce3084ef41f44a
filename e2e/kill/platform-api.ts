import { setTimeout as delay } from 'node:timers/promises';
import type { ErrorBody } from '#lib/contract/errors.ts';

/** How a call ended, as its sender knows it. `unknown`: the platform died before it answered; it may have happened or not. */
export type Outcome<T> = { kind: 'done'; status: number; body: T } | { kind: 'unknown' };

export interface PlatformApi {
  call<T>(method: string, path: string, body?: unknown, token?: string): Promise<Outcome<T>>;
  /** Resolves after `count` more calls were answered. */
  answers(count: number): Promise<void>;
  /** For a platform that nobody kills: rejects with what was answered instead of 2xx. */
  get<T>(path: string): Promise<T>;
}

export function platformApi(url: string): PlatformApi {
  let answered = 0;
  const waiting = new Set<() => void>();
  async function call<T>(method: string, path: string, body?: unknown, token?: string): Promise<Outcome<T>> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    for (;;) {
      try {
        const answer = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
        // An answer that breaks off in its body was not received.
        const read = (await answer.json()) as T;
        answered += 1;
        for (const look of waiting) look();
        if (answer.status !== 503 || (read as Partial<ErrorBody>).code !== 'overloaded')
          return { kind: 'done', status: answer.status, body: read };
      } catch {
        return { kind: 'unknown' };
      }
      // Turned away at the door: nothing was done, and the same call may come again.
      await delay(50);
    }
  }
  return {
    call,
    answers(count) {
      const target = answered + count;
      return new Promise((resolve) => {
        const look = (): void => {
          if (answered < target) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      });
    },
    async get<T>(path: string): Promise<T> {
      const outcome = await call<T>('GET', path);
      if (outcome.kind === 'done' && outcome.status === 200) return outcome.body;
      throw new Error(`GET ${path} answered ${JSON.stringify(outcome).slice(0, 500)}`);
    },
  };
}

/** The body of an acknowledged call, or null when nobody knows: then the caller sends nothing more until it has looked. Any refusal is a failure of the platform. */
export function acknowledged<T>(what: string, outcome: Outcome<T>): T | null {
  if (outcome.kind === 'unknown') return null;
  if (outcome.status >= 200 && outcome.status < 300) return outcome.body;
  throw new Error(`${what} was refused with ${outcome.status}: ${JSON.stringify(outcome.body)}`);
}
