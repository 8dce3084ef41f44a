import { createDecipheriv, createECDH, createPublicKey, type ECDH, generateKeyPairSync, hkdfSync, randomBytes, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { PushBody } from '#lib/domain/channel-push.ts';
import { channelSenderContract, news, told } from '#lib/ports/channel-sender.contract.ts';
import type { VapidKeys } from '#lib/ports/channel-sender.ts';
import { PushChannel } from './push-channel.ts';
import { encryptPush } from './push-crypto.ts';
import { deadUrl, HttpReceiver, OPEN, SHUT } from './test-http-receiver.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const bytes = (text: string) => Buffer.from(text, 'base64url');

function vapidKeys(): VapidKeys {
  const { x = '', y = '', d = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]);
  return { public_key: point.toString('base64url'), private_key: d, subject: 'mailto:operator@canvas.invalid' };
}

/** A browser: its subscription, and what it reads. */
class Browser {
  readonly auth = randomBytes(16);
  readonly #pair: ECDH = createECDH('prime256v1');
  readonly p256dh = this.#pair.generateKeys();

  get keys() {
    return { p256dh: this.p256dh.toString('base64url'), auth: this.auth.toString('base64url') };
  }

  /** RFC 8188 and 8291, from the receiver's side. */
  read(body: Buffer): PushBody {
    const salt = body.subarray(0, 16);
    const theirs = body.subarray(21, 21 + (body[20] ?? 0));
    const sealed = body.subarray(21 + theirs.length);
    const derive = (from: Buffer, seed: Buffer, info: Buffer, length: number) => Buffer.from(hkdfSync('sha256', from, seed, info, length));
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.p256dh, theirs]);
    const material = derive(this.#pair.computeSecret(theirs), this.auth, info, 32);
    const key = derive(material, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const cipher = createDecipheriv('aes-128-gcm', key, derive(material, salt, Buffer.from('Content-Encoding: nonce\0'), 12));
    cipher.setAuthTag(sealed.subarray(-16));
    const text = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
    expect(text.at(-1)).toBe(2);
    return JSON.parse(text.subarray(0, -1).toString()) as PushBody;
  }
}

async function open() {
  const receiver = await new HttpReceiver().open();
  const browser = new Browser();
  const target = { kind: 'push', endpoint: receiver.url('/push/abc'), ...browser.keys, vapid: vapidKeys() } as const;
  return { receiver, browser, target, sender: new PushChannel(OPEN, () => NOW) };
}

channelSenderContract<'push'>('browser push', async () => {
  const { receiver, browser, target, sender } = await open();
  return {
    ...{ sender, guarded: new PushChannel(SHUT, () => NOW), target, deadTarget: { ...target, endpoint: deadUrl() } },
    get mood() {
      return receiver.mood;
    },
    set mood(mood) {
      receiver.mood = mood;
    },
    arrived: () =>
      receiver.arrived.map(({ body }) => {
        const said = browser.read(body);
        return { id: said.id, title: said.title, raw: JSON.stringify(said) };
      }),
    // A notification shows plain text; what it does is open a path, and that is never one of theirs.
    acts: (raw) => !/^\/inbox\/[\w-]+$/.test((JSON.parse(raw) as PushBody).path) || receiver.arrived.some(({ body }) => body.length > 4096),
    close: () => receiver.close(),
  };
});

describe('a push message', () => {
  test('is encrypted as the example of RFC 8291 is', () => {
    const sealed = encryptPush(
      Buffer.from('When I grow up, I want to be a watermelon'),
      { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4', auth: 'BTBZMqHH6r4Tts7J_aSIgg' },
      { key: bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'), salt: bytes('DGv6ra1nlYgDCS1FRnbzlw') },
    );
    expect(sealed.toString('base64url')).toBe(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    );
  });

  test('names this Canvas with a token for this push service that its key signed (RFC 8292)', async () => {
    const { receiver, target, sender } = await open();
    await sender.send(target, news());
    const [first] = receiver.arrived;
    expect(first?.headers).toMatchObject({ ttl: '86400', urgency: 'high', 'content-encoding': 'aes128gcm' });
    const [, head = '', claims = '', signature = '', key = ''] =
      /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(String(first?.headers.authorization)) ?? [];
    expect(JSON.parse(bytes(claims).toString())).toEqual({
      aud: new URL(receiver.url()).origin,
      exp: NOW / 1000 + 12 * 3600,
      sub: 'mailto:operator@canvas.invalid',
    });
    expect(key).toBe(target.vapid.public_key);
    const point = bytes(key);
    const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
    const verifies = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      bytes(signature),
    );
    expect(verifies).toBe(true);
    await receiver.close();
  });

  test('to a subscription that is gone, or whose keys are none, is refused for good', async () => {
    const { receiver, target, sender } = await open();
    receiver.mood = 'gone';
    expect(await sender.send(target, news({ incident: told() }))).toMatchObject({ state: 'refused', gone: true });
    expect(await sender.send({ ...target, p256dh: 'AAAA' }, news())).toMatchObject({
      state: 'refused',
      why: expect.stringContaining('Subscribe again'),
    });
    const noPoint = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url');
    expect(await sender.send({ ...target, p256dh: noPoint }, news())).toMatchObject({ state: 'refused' });
    await receiver.close();
  });
});
