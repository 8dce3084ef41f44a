import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { SendTarget, VapidKeys } from '#lib/ports/channel-sender.ts';
import type { StoredChannel } from '#lib/store/channels.ts';
import { keepMeta } from '#lib/store/meta.ts';
import type { Deps } from './deps.ts';

/** Standard Webhooks: between 24 and 64 random bytes, base64, with this prefix. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The key pair that browsers subscribe with, made when it is first asked for and kept: another one would end every subscription. */
export async function pushKeys(deps: Deps): Promise<Omit<VapidKeys, 'subject'>> {
  const { x = '', y = '', d = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const made = { public_key: point.toString('base64url'), private_key: d };
  const kept = await deps.oneAtATime(() => keepMeta(deps.store.db, 'push_keys', JSON.stringify(made)));
  return JSON.parse(kept) as Omit<VapidKeys, 'subject'>;
}

/** A channel with its secrets, as its sender needs it. Null: it was removed, and they are forgotten. */
export async function sendTarget(deps: Deps, { kind, target, secret }: StoredChannel): Promise<SendTarget | null> {
  if (kind === 'email') {
    return {
      kind,
      ...(target as Omit<SendTarget & { kind: 'email' }, 'kind' | 'password'>),
      password: String(secret?.['password'] ?? '') || null,
    };
  }
  if (secret === null) return null;
  const text = (key: string) => String(secret[key] ?? '');
  if (kind === 'webhook') return { kind, url: text('url'), signing_secret: text('signing_secret') };
  if (kind === 'slack') return { kind, url: text('url') };
  const publicUrl = deps.options.publicUrl();
  // Some push services refuse a subject that is no mail address and no https one.
  const subject = publicUrl.startsWith('https:') ? publicUrl : 'mailto:operator@canvas.invalid';
  return { kind, endpoint: text('endpoint'), p256dh: text('p256dh'), auth: text('auth'), vapid: { ...(await pushKeys(deps)), subject } };
}
