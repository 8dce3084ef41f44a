import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel, ChannelTest, CreatedChannel, DeliveryRow, PushKey } from '#lib/contract/channels.ts';
import type { SignIn } from '#lib/platform/sign-in.ts';
import { TestServer } from './test-server.ts';

/** Two people, by their cookies. */
const PEOPLE: SignIn = {
  personOf: async (headers) => {
    const name = /^person=(ada|bob)$/.exec(headers.get('cookie') ?? '')?.[1];
    return name === undefined ? null : { id: name, name };
  },
  signIn: () => Promise.reject(new Error('not asked here')),
  setUp: () => Promise.reject(new Error('not asked here')),
  signOut: async () => [],
  needsSetUp: async () => false,
};

let canvas: TestServer;
beforeEach(async () => {
  canvas = await new TestServer().open({ policy: { loopback: false }, signIn: PEOPLE, signInFree: false });
});
afterEach(() => canvas.close());

function ask<T>(route: string, body?: unknown, person = 'ada') {
  return canvas.ask<T>(route, { headers: { cookie: `person=${person}`, origin: canvas.url }, ...(body === undefined ? {} : { body }) });
}
const refused = async (route: string, body?: unknown, person = 'ada') => {
  const { status, body: said } = await ask<{ code: string; error: string }>(route, body, person);
  return { status, code: said.code, error: said.error };
};
const PASSWORD = ['a', 'mail', 'pass', 'phrase'].join(' ');
const HOOK = { kind: 'webhook', url: 'https://hooks.example/in/secret-path' } as const;
const MAIL = {
  kind: 'email',
  to: ['ops@example.com'],
  from: 'canvas@example.com',
  host: 'mail.example',
  username: 'canvas',
  password: PASSWORD,
} as const;
const add = async (target: object, name = 'Ops') => (await ask<CreatedChannel>('POST /channels', { name, target })).body;

describe('a channel', () => {
  test.each([
    ['smtp.example.com:587', 'Give the port in its own field'],
    ['192.168.1.256', 'is no host'],
    ['mail..example', 'is no host'],
  ])('of mail through %s is refused with what is wrong', async (host, why) => {
    const answer = await refused('POST /channels', { name: 'Ops', target: { ...MAIL, host } });
    expect(answer).toEqual({ status: 400, code: 'bad_request', error: expect.stringContaining(why) });
  });

  test('of a webhook shows its signing secret once, and its address never again', async () => {
    const made = await add(HOOK);
    expect(made).toMatchObject({ kind: 'webhook', shown_target: 'https://hooks.example/…', has_secret: true, enabled: true, last: null });
    expect(made.signing_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { text, body } = await ask<Channel[]>('GET /channels');
    expect(body).toMatchObject([{ id: made.id, rules: { severity: 'warning', kinds: [], recovery: true } }]);
    expect(text).not.toContain('secret-path');
    expect(text).not.toContain('whsec_');
  });

  test('of mail can be read back without its password, which stays while it goes to the same place', async () => {
    const made = await add(MAIL);
    expect(made.shown_target).toBe('ops@example.com via mail.example:587');
    expect(made.settings).toMatchObject({ host: 'mail.example', port: 587, security: 'starttls', username: 'canvas' });
    const { password: _password, ...without } = MAIL;
    expect((await ask<Channel>(`PATCH /channels/${made.id}`, { target: { ...without, to: ['all@example.com'] } })).body).toMatchObject({
      has_secret: true,
      shown_target: 'all@example.com via mail.example:587',
    });
    expect(await refused(`PATCH /channels/${made.id}`, { target: { ...without, host: 'evil.example' } })).toMatchObject({
      code: 'bad_request',
      error: expect.stringContaining('Give the password again'),
    });
    await ask(`POST /channels/${made.id}/test`);
    expect(canvas.platform.receivers.sent.at(-1)?.target).toMatchObject({ host: 'mail.example', password: PASSWORD });
    expect((await ask<Channel>(`PATCH /channels/${made.id}`, { target: { ...without, password: null } })).body.has_secret).toBe(false);
    expect((await ask('GET /channels')).text).not.toContain(PASSWORD);
  });

  test('keeps its kind and its signing secret, takes a name, rules and a pause', async () => {
    const made = await add(HOOK);
    const changed = { name: 'Other', rules: { severity: 'critical', kinds: ['wedged'], recovery: false }, enabled: false };
    expect((await ask(`PATCH /channels/${made.id}`, changed)).body).toMatchObject(changed);
    await ask(`PATCH /channels/${made.id}`, { target: { kind: 'webhook', url: 'https://other.example/x' } });
    await ask(`POST /channels/${made.id}/test`);
    expect(canvas.platform.receivers.sent.at(-1)?.target).toMatchObject({
      url: 'https://other.example/x',
      signing_secret: made.signing_secret,
    });
    expect(await refused(`PATCH /channels/${made.id}`, { target: MAIL })).toMatchObject({ code: 'bad_request' });
  });

  test('belongs to its person alone', async () => {
    const { id } = await add(HOOK);
    for (const route of [`PATCH /channels/${id}`, `DELETE /channels/${id}`, `POST /channels/${id}/test`]) {
      expect(await refused(route, route.startsWith('PATCH') ? { name: 'mine' } : undefined, 'bob')).toMatchObject({ status: 404 });
    }
    expect((await ask('GET /channels', undefined, 'bob')).body).toEqual([]);
    expect((await ask(`GET /deliveries?channel=${id}`, undefined, 'bob')).body).toEqual([]);
    expect((await ask<Channel[]>('GET /channels')).body).toHaveLength(1);
  });

  test('is refused where nothing may be sent, and when it is one too many', async () => {
    for (const target of [
      { kind: 'slack', url: 'http://169.254.169.254/' },
      { ...MAIL, host: '127.0.0.1' },
      { ...MAIL, host: '::1' },
      { ...HOOK, url: 'http://2130706433/' },
    ]) {
      expect(await refused('POST /channels', { name: 'x', target })).toMatchObject({ status: 403, code: 'forbidden' });
    }
    for (const target of [
      { ...HOOK, url: 'ftp://x.example/' },
      { ...MAIL, to: ['a@b.example\r\nBcc: c@d.example'] },
      { ...MAIL, host: 'a b' },
      { kind: 'pigeon' },
    ]) {
      expect(await refused('POST /channels', { name: 'x', target })).toMatchObject({ status: 400 });
    }
    expect(await refused('POST /channels', { name: 'a\r\nb', target: HOOK })).toMatchObject({ status: 400 });
    for (let number = 0; number < 20; number += 1) await add(HOOK, `n${number}`);
    expect(await refused('POST /channels', { name: 'x', target: HOOK })).toMatchObject({ status: 409, code: 'conflict' });
  });

  test('that was removed is gone, with its secret, and its log stays', async () => {
    const { id } = await add(HOOK);
    await ask(`POST /channels/${id}/test`);
    expect((await ask(`DELETE /channels/${id}`)).body).toEqual({ status: 'removed' });
    expect(await refused(`DELETE /channels/${id}`)).toMatchObject({ status: 404 });
    expect((await ask('GET /channels')).body).toEqual([]);
    expect((await ask<DeliveryRow[]>('GET /deliveries')).body).toMatchObject([{ channel_name: 'Ops', about: 'test' }]);
    const { db } = canvas.platform.store;
    expect(await db.selectFrom('channels').select(['secret', 'target']).execute()).toEqual([{ secret: null, target: '{}' }]);
    for (const { detail } of await db.selectFrom('audit').select('detail').execute()) expect(detail).not.toMatch(/secret-path|whsec_/);
    expect(canvas.lines.join()).not.toMatch(/secret-path|whsec_/);
  });
});

describe('a test', () => {
  test('answers what the receiver said, and stands in the log', async () => {
    const { id } = await add(HOOK);
    const { body } = await ask<ChannelTest>(`POST /channels/${id}/test`);
    expect(body).toMatchObject({
      ok: true,
      why: 'They took it.',
      delivery: { about: 'test', state: 'sent', attempts: 1, incident_id: null, due_at: null },
    });
    canvas.platform.receivers.answers.push({ state: 'retry_later', why: 'The receiver answered 503.' });
    expect((await ask<ChannelTest>(`POST /channels/${id}/test`)).body).toMatchObject({
      ok: false,
      why: 'The receiver answered 503.',
      delivery: { state: 'failed' },
    });
    expect((await ask<DeliveryRow[]>(`GET /deliveries?channel=${id}&limit=1`)).body).toHaveLength(1);
    expect((await ask<Channel[]>('GET /channels')).body[0]?.last).toMatchObject({ ok: false, why: 'The receiver answered 503.' });
  });
});

test('the key that browsers subscribe with is a point, made once and kept', async () => {
  const { public_key: first } = (await ask<PushKey>('GET /push-key')).body;
  expect(Buffer.from(first, 'base64url')).toHaveLength(65);
  expect((await ask<PushKey>('GET /push-key', undefined, 'bob')).body.public_key).toBe(first);
  const keys = { p256dh: first, auth: 'A'.repeat(22) };
  const { id, shown_target } = await add({ kind: 'push', endpoint: 'https://push.example/abc', keys });
  expect(shown_target).toBe('a browser, via https://push.example');
  await ask(`POST /channels/${id}/test`);
  const target = canvas.platform.receivers.sent.at(-1)?.target;
  expect(target).toMatchObject({ kind: 'push', vapid: { public_key: first, subject: expect.stringMatching(/^(mailto|https):/) } });
});
