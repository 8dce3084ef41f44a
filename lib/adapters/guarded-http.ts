import http from 'node:http';
import https from 'node:https';
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { lookupOf, type TargetGuard } from './guarded-target.ts';

const CONNECT_MS = 10_000;
const TOTAL_MS = 30_000;
/** More of an answer than this is not read. */
const ANSWER_BYTES = 64 * 1024;

export interface GuardedPost {
  url: URL;
  headers: Record<string, string>;
  body: string | Buffer;
}

export interface GuardedAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** The beginning of it, at most 64 KB. */
  text: string;
}

/** How long is waited: to be connected, and for all of it. */
export interface Patience {
  connectMs: number;
  totalMs: number;
}

/**
 * One POST to an address that somebody typed in. The name is resolved once, by the guard, and the connection goes to
 * what was judged. Redirects are answers of theirs that fail; proxies of the environment are not used.
 *
 * @throws CanvasError `forbidden` (the target may not be), `bad_request` (not http), `upstream_unreachable`,
 * `upstream_failed` (a redirect), `timeout`
 */
export function guardedPost(guard: TargetGuard, post: GuardedPost, patience: Partial<Patience> = {}): Promise<GuardedAnswer> {
  const { connectMs, totalMs } = { connectMs: CONNECT_MS, totalMs: TOTAL_MS, ...patience };
  const { url } = post;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return Promise.reject(new CanvasError('bad_request', `Canvas sends to http and https addresses, not to ${url.protocol}`));
  }
  const cut = new AbortController();
  const late = (what: string, ms: number) =>
    setTimeout(() => cut.abort(new CanvasError('timeout', `${url.host} did not ${what} within ${ms / 1000} s.`)), ms);
  const timers = { connect: late('accept a connection', connectMs), total: late('answer', totalMs) };
  const gaveUp = new Promise<never>((_, reject) => cut.signal.addEventListener('abort', () => reject(cut.signal.reason), { once: true }));
  const answer = guard
    .addressesOf(url.hostname)
    .then((addresses) => exchange(post, addresses, cut.signal, () => clearTimeout(timers.connect)));
  return Promise.race([answer, gaveUp])
    .catch((thrown: unknown) => {
      throw errorCodeOf(thrown) === 'internal' ? lost(url, thrown) : thrown;
    })
    .finally(() => {
      clearTimeout(timers.connect);
      clearTimeout(timers.total);
    });
}

function lost(url: URL, thrown: unknown): CanvasError {
  const { code, message } = thrown as NodeJS.ErrnoException;
  return new CanvasError('upstream_unreachable', `${url.host} was not reached: ${code ?? message}.`);
}

function exchange(
  { url, headers, body }: GuardedPost,
  addresses: string[],
  signal: AbortSignal,
  connected: () => void,
): Promise<GuardedAnswer> {
  const secure = url.protocol === 'https:';
  // One connection a call, and never the global agent: that one may follow proxy settings of the environment.
  const agent = secure ? new https.Agent({ keepAlive: false }) : new http.Agent({ keepAlive: false });
  return new Promise<GuardedAnswer>((resolve, reject) => {
    signal.throwIfAborted();
    const request = (secure ? https : http).request(url, {
      method: 'POST',
      agent,
      lookup: lookupOf(addresses),
      headers: { 'user-agent': 'canvas', ...headers, 'content-length': String(Buffer.byteLength(body)) },
      signal,
    });
    request.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', connected));
    request.on('error', reject);
    request.on('response', (response) =>
      read(url, response)
        .then(resolve, reject)
        .finally(() => request.destroy()),
    );
    request.end(body);
  });
}

async function read(url: URL, response: http.IncomingMessage): Promise<GuardedAnswer> {
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if (status >= 300 && status < 400 && location !== undefined) {
    throw new CanvasError(
      'upstream_failed',
      `${url.host} answered ${status} and points to ${whereTo(location, url)}. Canvas does not follow: give the address itself.`,
    );
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= ANSWER_BYTES) break;
  }
  return { status, headers: response.headers, text: Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8') };
}

/** The rest of an address may be as secret as the one that was called. */
function whereTo(location: string, from: URL): string {
  return URL.canParse(location, from.href) ? `${new URL(location, from).origin}/…` : 'no address';
}
