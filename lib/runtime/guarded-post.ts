import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { CanvasError } from '#lib/contract/errors.ts';
import { type AllowedTargets, openAddresses, plainHost } from '#lib/domain/address-guard.ts';
import { parseIp } from '#lib/domain/ip-address.ts';
import { httpCall } from './http-call.ts';
import { within } from './within.ts';

const CONNECT_MS = 10_000;
const TOTAL_MS = 30_000;
const ANSWER_BYTES = 64 * 1024;

/** What a name stands for now. */
export type Resolve = (host: string) => Promise<string[]>;

export interface GuardedPostOptions {
  allowed: AllowedTargets;
  /** Who sends, for the sentence of a refusal. */
  speaker: string;
  resolve?: Resolve;
  connectMs?: number;
  totalMs?: number;
}

const system: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** POSTs to addresses that somebody else named: never to what is not open, and to nothing but what was judged. */
export class GuardedPost {
  readonly #options: GuardedPostOptions;

  constructor(options: GuardedPostOptions) {
    this.#options = options;
  }

  /** The addresses that may be connected to now. Rejects with `bad_request`, `forbidden`, `upstream_unreachable` or `timeout`. */
  async judge(url: URL): Promise<string[]> {
    const host = plainHost(url.hostname);
    if (host === null) throw new CanvasError('bad_request', `${url.hostname} is no host name and no address.`);
    const found = parseIp(host) ? [host] : await this.#find(host);
    return openAddresses(this.#options.allowed, host, found, this.#options.speaker);
  }

  /** Resolves when it was taken. Besides what `judge` rejects with: `upstream_failed` for any status but 2xx, redirects too. */
  async send(url: URL, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<void> {
    const { connectMs = CONNECT_MS, totalMs = TOTAL_MS } = this.#options;
    const began = performance.now();
    const addresses = await this.judge(url);
    const spent = Math.round(performance.now() - began);
    const options = { keepAlive: false };
    const { status } = await httpCall({
      url,
      method: 'POST',
      headers: { 'user-agent': 'canvas-workspace', ...headers },
      body,
      connectMs: Math.max(1, connectMs - spent),
      timeoutMs: Math.max(1, totalMs - spent),
      // One connection a call, and never the global agent: that one may follow proxy settings of the environment.
      agent: url.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options),
      lookup: standsFor(addresses),
      // Paths of such addresses hold secrets, and errors are logged.
      name: url.host,
      signal,
      maxAnswerBytes: ANSWER_BYTES,
    });
    if (status >= 300 && status < 400)
      throw new CanvasError('upstream_failed', `${url.host} answered ${status}: redirects are not followed`);
    if (status < 200 || status >= 300) throw new CanvasError('upstream_failed', `${url.host} answered ${status}`);
  }

  async #find(host: string): Promise<string[]> {
    const { resolve = system, connectMs = CONNECT_MS } = this.#options;
    try {
      return await within(connectMs, () => resolve(host));
    } catch (thrown) {
      const { code, message } = thrown as NodeJS.ErrnoException;
      throw new CanvasError('upstream_unreachable', `${host} was not found (${code ?? message}). Check the name.`);
    }
  }
}

function standsFor(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, options, done) => {
    if (options.all) done(null, found);
    else done(null, found[0]?.address ?? '', found[0]?.family);
  };
}
