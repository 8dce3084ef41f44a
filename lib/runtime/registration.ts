import { setTimeout as wait } from 'node:timers/promises';
import { CanvasError, errorCodeOf, RETRYABLE } from '#lib/contract/errors.ts';
import type { RegisterAnswer } from '#lib/contract/registry.ts';
import type { Credentials } from './credentials.ts';
import { type Log, sentenceOf } from './log.ts';
import { type PlatformAnswer, type PlatformClient, refusalOf } from './platform-client.ts';

export interface RegistrationOptions {
  client: PlatformClient;
  credentials: Credentials;
  /** Used when there is no token yet, or when the one there is refused. */
  joinCode: string | null;
  body: { id: string; url: string; delivery_mode: 'push' | 'poll'; agent_card: Record<string, unknown> };
  log: Log;
  signal: AbortSignal;
  retryMs?: number;
}

const MAX_RETRY_MS = 30_000;

/**
 * Makes this process known to the platform. A platform that cannot be reached or is overloaded is asked again for as
 * long as it takes; so is one that refuses the token of a file, since a provisioner writes the fresh one late. Any other
 * refusal is final: rejects with it.
 */
export async function register(options: RegistrationOptions): Promise<void> {
  const { client, credentials, log, signal } = options;
  for (let attempt = 0; ; attempt += 1) {
    const failure = await once(options).catch((thrown: unknown) => thrown);
    if (failure === null) return;
    signal.throwIfAborted();
    const code = errorCodeOf(failure);
    const lateToken = (code === 'token_rejected' || code === 'unauthenticated') && credentials.token !== null && options.joinCode === null;
    const foreign = code === 'upstream_failed';
    if (!lateToken && !foreign && !RETRYABLE[code]) throw failure;
    const pause = Math.min(MAX_RETRY_MS, (options.retryMs ?? 500) * 2 ** attempt) * (0.75 + 0.5 * Math.random());
    log('warn', `${sentenceOf(failure)}. Trying again in ${(pause / 1000).toFixed(1)} s`);
    if (attempt % 10 === 9) client.renew();
    await wait(pause, undefined, { signal });
  }
}

/** Null: registered. Else why not. */
async function once({ client, credentials, joinCode, body, signal }: RegistrationOptions): Promise<CanvasError | null> {
  let answer: PlatformAnswer | null = null;
  if (credentials.token !== null || joinCode === null) answer = await client.call('POST', '/registry/register', { body, signal });
  if (joinCode !== null && (answer === null || answer.status === 401))
    answer = await client.call('POST', '/registry/register', { body, signal, bearer: joinCode });
  if (answer === null) throw new CanvasError('internal', 'Neither a token nor a join code was tried');
  const refusal = refusalOf(answer, `to register workspace ${body.id}`);
  if (refusal) return refusal;
  const said = answer.body as Partial<RegisterAnswer> | null;
  if (said?.status !== 'registered')
    return new CanvasError('upstream_failed', `${client.origin} answered ${answer.status}, but not as Canvas does: is platform_url right?`);
  if (typeof said.auth_token === 'string') await credentials.storeToken(said.auth_token);
  if (typeof said.platform_inbound_secret === 'string') await credentials.storeInboundSecret(said.platform_inbound_secret);
  return null;
}
