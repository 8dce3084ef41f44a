import { createCipheriv, createECDH, createPrivateKey, hkdfSync, randomBytes, sign } from 'node:crypto';
import type { VapidKeys } from '#lib/ports/channel-sender.ts';

/** One record holds it all. */
const RECORD_BYTES = 4096;
const TOKEN_SECONDS = 12 * 3600;
const POINT_BYTES = 65;

export interface PushReceiver {
  /** The browser's public key and secret, base64url. */
  p256dh: string;
  auth: string;
}

/** What must differ from message to message; given only to compare with the standard's example. */
export interface PushRandom {
  salt: Buffer;
  /** Private key of one message, 32 bytes. */
  key: Buffer;
}

/**
 * Encrypts for one browser: `aes128gcm` (RFC 8188) with keys by RFC 8291. Throws a `RangeError` when the browser's keys are
 * none, or the text is too long.
 */
export function encryptPush(text: Buffer, receiver: PushReceiver, random?: PushRandom): Buffer {
  const theirs = Buffer.from(receiver.p256dh, 'base64url');
  const secret = Buffer.from(receiver.auth, 'base64url');
  if (theirs.length !== POINT_BYTES || secret.length !== 16) throw new RangeError('the keys of the subscription are none');
  if (text.length > RECORD_BYTES - 103) throw new RangeError(`a push message of ${text.length} bytes is too long`);
  const pair = createECDH('prime256v1');
  if (random) pair.setPrivateKey(random.key);
  else pair.generateKeys();
  const ours = pair.getPublicKey();
  const salt = random?.salt ?? randomBytes(16);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const material = derive(shared(pair, theirs), secret, info, 32);
  const key = derive(material, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(material, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  // 2 marks the last record; no padding follows.
  const sealed = Buffer.concat([cipher.update(Buffer.concat([text, Buffer.from([2])])), cipher.final(), cipher.getAuthTag()]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(RECORD_BYTES);
  return Buffer.concat([salt, size, Buffer.from([ours.length]), ours, sealed]);
}

function shared(pair: ReturnType<typeof createECDH>, theirs: Buffer): Buffer {
  try {
    return pair.computeSecret(theirs);
  } catch {
    throw new RangeError('the keys of the subscription are none');
  }
}

function derive(material: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', material, salt, info, length));
}

/** The `Authorization` header that names this Canvas to a push service (RFC 8292). `now`: epoch ms. */
export function vapidHeader(endpoint: URL, { public_key, private_key, subject }: VapidKeys, now: number): string {
  const point = Buffer.from(public_key, 'base64url');
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256', d: private_key },
    ...{ x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') },
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: endpoint.origin, exp: Math.floor(now / 1000) + TOKEN_SECONDS, sub: subject };
  const signed = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: createPrivateKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' });
  return `vapid t=${signed}.${signature.toString('base64url')}, k=${public_key}`;
}
