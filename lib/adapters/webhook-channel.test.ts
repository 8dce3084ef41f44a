import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import type { WebhookBody } from '#lib/domain/channel-webhook.ts';
import { channelSenderContract, news, told } from '#lib/ports/channel-sender.contract.ts';
import { deadUrl, HttpReceiver, OPEN, SHUT } from './test-http-receiver.ts';
import { WebhookChannel } from './webhook-channel.ts';

const signing_secret = `whsec_${randomBytes(32).toString('base64')}`;

async function open() {
  const receiver = await new HttpReceiver().open();
  const target = { kind: 'webhook', url: receiver.url('/hook?key=1'), signing_secret } as const;
  return { receiver, target, sender: new WebhookChannel(OPEN, Date.now) };
}

channelSenderContract<'webhook'>('a signed webhook', async () => {
  const { receiver, target, sender } = await open();
  const bodies = () =>
    receiver.arrived.map(({ headers, body }) => ({ id: String(headers['webhook-id']), body: JSON.parse(body.toString()) as WebhookBody }));
  return {
    ...{ sender, guarded: new WebhookChannel(SHUT, Date.now), target, deadTarget: { ...target, url: deadUrl() } },
    get mood() {
      return receiver.mood;
    },
    set mood(mood) {
      receiver.mood = mood;
    },
    arrived: () => bodies().map(({ id, body }) => ({ id, title: body.data.title, raw: JSON.stringify(body) })),
    // JSON has no power: what a receiver makes of the texts is written down for it. It parses, and headers are ours alone.
    acts: () => receiver.arrived.some(({ headers }) => headers['bcc'] !== undefined || headers['subject'] !== undefined),
    close: () => receiver.close(),
  };
});

test('a public library of Standard Webhooks accepts it, and nothing that was changed on the way', async () => {
  const { receiver, target, sender } = await open();
  await sender.send(target, news({ incident: told({ title: 'Grüße 😀' }) }));
  const { headers: all, body } = receiver.arrived[0] ?? { headers: {}, body: Buffer.alloc(0) };
  const headers = all as Record<string, string>;
  const verified = new Webhook(signing_secret).verify(body.toString(), headers) as WebhookBody;
  expect(verified).toMatchObject({
    type: 'incident.opened',
    timestamp: '2026-01-01T12:00:00.000Z',
    data: {
      title: 'Grüße 😀',
      link: news().link,
      incident: { kind: 'wedged', severity: 'critical', opened_at: '2026-01-01T12:00:00.000Z', closed_at: null },
    },
  });
  expect(() => new Webhook(signing_secret).verify(`${body.toString()} `, headers)).toThrow();
  expect(() => new Webhook(signing_secret).verify(body.toString(), { ...headers, 'webhook-id': 'other' })).toThrow();
  await receiver.close();
});

test('410 says that the receiver is no more; 429 says when; a redirect is refused and not followed', async () => {
  const { receiver, target, sender } = await open();
  receiver.mood = 'gone';
  expect(await sender.send(target, news())).toMatchObject({ state: 'refused', gone: true });
  receiver.mood = 'later';
  receiver.headers = { 'retry-after': '120' };
  expect(await sender.send(target, news())).toMatchObject({ state: 'retry_later', after_ms: 120_000 });
  await receiver.close();
});

test('what it says is given on whole, so that an address in it can be found', async () => {
  const { receiver, target, sender } = await open();
  receiver.mood = 'no';
  receiver.words = `${'Sorry. '.repeat(27)}Cannot POST /hook?key=1`;
  expect(await sender.send(target, news())).toMatchObject({ state: 'refused', why: expect.stringContaining('Cannot POST /hook?key=1') });
  await receiver.close();
});
