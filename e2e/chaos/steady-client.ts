import { setTimeout as delay } from 'node:timers/promises';

export interface Reply<T> {
  status: number;
  body: T;
}

export interface CallOptions {
  body?: unknown;
  /** A workspace's token and id; absent: the operator of a loopback platform. */
  as?: { id: string; token: string };
  /** `Prefer: wait=N`. */
  waitSeconds?: number;
}

/** Calls a platform that is killed now and then, as people and agents do: what was not answered is sent again, unchanged. */
export interface SteadyClient {
  /** Rejects when nothing was answered for a minute. */
  call<T>(method: string, path: string, options?: CallOptions): Promise<Reply<T>>;
  /** The same; rejects with what was answered instead of 2xx. */
  get<T>(path: string): Promise<T>;
}

const PATIENCE_MS = 60_000;
const ANSWER_MS = 20_000;
const AGAIN_MS = 100;

export function steadyClient(url: string): SteadyClient {
  async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<Reply<T>> {
    const { body, as, waitSeconds } = options;
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (waitSeconds !== undefined) headers['prefer'] = `wait=${waitSeconds}`;
    if (as !== undefined) Object.assign(headers, { authorization: `Bearer ${as.token}`, 'x-workspace-id': as.id });
    const giveUpAt = Date.now() + PATIENCE_MS;
    for (;;) {
      let why: string;
      try {
        const signal = AbortSignal.timeout(ANSWER_MS + (waitSeconds ?? 0) * 1000);
        const answer = await fetch(url + path, { method, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
        const read = (await answer.json()) as T;
        // It ends, or has too much to do: nothing was done.
        if (answer.status !== 503) return { status: answer.status, body: read };
        why = JSON.stringify(read);
      } catch (thrown) {
        why = String(thrown);
      }
      if (Date.now() > giveUpAt) throw new Error(`${method} ${path} was not answered for ${PATIENCE_MS / 1000} s: ${why}`);
      await delay(AGAIN_MS);
    }
  }
  return {
    call,
    async get<T>(path: string): Promise<T> {
      const { status, body } = await call<T>('GET', path);
      if (status < 200 || status >= 300) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body).slice(0, 500)}`);
      return body;
    },
  };
}
