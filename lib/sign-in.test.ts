import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpAgentTransport } from '#lib/adapters/http-agent-transport.ts';
import type { Env } from '#lib/env.ts';
import { createLogger } from '#lib/http/logger.ts';
import { buildServer, type CanvasServer } from '#lib/http/server.ts';
import { createPlatform, type Platform } from '#lib/platform/platform.ts';
import { TestReceivers } from '#lib/ports/test-channel-sender.ts';
import { openPeople, type People, preparePeople } from '#lib/sign-in.ts';
import { openStore, type StoreOptions } from '#lib/store/open-store.ts';
import type { Store } from '#lib/store/store.ts';
import { eachEngine } from '#lib/store/test-engines.ts';

const PASSWORD = 'a long enough pass phrase';
const ADA = { name: 'Ada', email: 'Ada@Example.org', password: PASSWORD };

interface Running {
  store: Store;
  platform: Platform;
  server: CanvasServer;
  people: People;
  url: string;
  lines: string[];
}

let addresses = 0;
/** Attempts are counted per client address: each test is somebody else. */
let address = '';

async function start(place: StoreOptions, publicUrl?: string): Promise<Running> {
  const lines: string[] = [];
  const logger = createLogger('debug', { write: (line) => lines.push(line) });
  const log = (level: 'debug' | 'info' | 'warn' | 'error', message: string, facts?: Record<string, unknown>) =>
    logger[level](facts ?? {}, message);
  const store = await openStore({ ...place, prepare: preparePeople(log) });
  const people = await openPeople(store, { publicUrl } as Env, log);
  const options = { platformUrl: () => '', publicUrl: () => '', signInFree: false, provisioningTimeoutMs: 600_000, insideContainer: false };
  const platform = await createPlatform({
    store,
    provisioner: null,
    transport: new HttpAgentTransport(),
    checkTarget: async () => {},
    senders: new TestReceivers().senders,
    now: Date.now,
    log,
    options,
  });
  const policy = { loopback: false, allowedHosts: [], publicUrl, signIn: people.signIn };
  const server = buildServer({ deps: platform.deps, policy, logger, build: { version: '0', commit: null }, ready: () => store.ping() });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  return { store, platform, server, people, url: `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`, lines };
}

async function stop({ server, platform, store }: Running): Promise<void> {
  await server.app.close();
  await platform.close();
  await store.close();
}

async function ask(canvas: Running, route: string, body?: unknown, headers: Record<string, string> = {}) {
  const [method = '', path = ''] = route.split(' ');
  const response = await fetch(`${canvas.url}${path}`, {
    method,
    headers: {
      'x-forwarded-for': `6.6.6.6, ${address}`,
      ...(body === undefined ? {} : { origin: canvas.url, 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  const cookies = response.headers.getSetCookie();
  return {
    status: response.status,
    text,
    headers: response.headers,
    cookies,
    cookie: cookies.map((line) => line.split(';')[0]).join('; '),
  };
}

eachEngine('sign-in', (engine) => {
  let place: StoreOptions;
  let canvas: Running;

  beforeEach(async () => {
    addresses += 1;
    address = `10.0.${Math.floor(addresses / 250)}.${addresses % 250}`;
    place = await engine.place();
    canvas = await start(place);
  });
  afterEach(() => stop(canvas));

  const setUp = async (token: string | null, who = ADA) => ask(canvas, 'POST /api/auth/set-up', { ...who, token });
  const firstAccount = async () => setUp(await canvas.people.setUpToken());
  const signIn = (password = PASSWORD, email = 'ada@example.org') => ask(canvas, 'POST /api/auth/sign-in', { email, password });

  test('the printed link makes the first account, signed in, and then no other', async () => {
    const token = await canvas.people.setUpToken();
    expect(await canvas.people.signIn.needsSetUp()).toBe(true);
    const made = await setUp(token);
    expect(made).toMatchObject({ status: 200, text: '{"name":"Ada"}' });
    expect((await ask(canvas, 'GET /workspaces', undefined, { cookie: made.cookie })).status).toBe(200);
    expect(await canvas.people.signIn.needsSetUp()).toBe(false);
    expect((await setUp(token, { ...ADA, email: 'eve@example.org' })).status).toBe(409);
    expect(await canvas.people.setUpToken()).toBeNull();
  });

  test('a wrong link, the one of an earlier start, and a short password make none', async () => {
    const earlier = await canvas.people.setUpToken();
    const token = await canvas.people.setUpToken();
    expect((await setUp('x'.repeat(43))).status).toBe(401);
    expect((await setUp(earlier)).status).toBe(401);
    const short = await setUp(token, { ...ADA, password: 'only eleven' });
    expect(short).toMatchObject({ status: 400, text: expect.stringContaining('at least 12 characters') });
    expect((await setUp(token, { ...ADA, email: 'no address' })).status).toBe(400);
    expect((await setUp(token)).status).toBe(200);
  });

  test('of two who use the link at the same moment one gets the account', async () => {
    const token = await canvas.people.setUpToken();
    const both = await Promise.all([setUp(token), setUp(token, { ...ADA, email: 'eve@example.org' })]);
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 401]);
  });

  test('the cookie is out of the reach of scripts and other sites, and its session ends with sign-out', async () => {
    const { cookies, cookie } = await firstAccount();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/^canvas\.session_token=[^;]+;.*HttpOnly.*SameSite=Lax/i);
    expect(cookies[0]).not.toMatch(/Secure/i);
    const out = await ask(canvas, 'POST /api/auth/sign-out', {}, { cookie });
    expect(out.cookies[0]).toMatch(/^canvas\.session_token=;.*Max-Age=0/i);
    expect((await ask(canvas, 'GET /workspaces', undefined, { cookie })).status).toBe(401);
  });

  test('a password that is right begins a session; a wrong one and an unknown address are told apart by nothing', async () => {
    await firstAccount();
    const right = await signIn();
    expect(right).toMatchObject({ status: 200, text: '{"name":"Ada"}' });
    expect((await ask(canvas, 'GET /workspaces', undefined, { cookie: right.cookie })).status).toBe(200);
    const [wrong, unknown] = [await signIn('wrong'), await signIn(PASSWORD, 'eve@example.org')];
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const said = (text: string) => ({ ...JSON.parse(text), request_id: '' });
    expect(said(wrong.text)).toEqual(said(unknown.text));
    expect([...wrong.cookies, ...unknown.cookies]).toEqual([]);
  });

  test('the eleventh attempt within a minute is refused, for this client alone', async () => {
    await firstAccount();
    for (let attempt = 0; attempt < 10; attempt += 1) expect((await signIn('wrong')).status).toBe(401);
    const refused = await signIn();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30);
    address = '10.9.9.9';
    expect((await signIn()).status).toBe(200);
  });

  test('without a session nothing is told and nothing is changed', async () => {
    for (const route of [
      'GET /workspaces',
      'GET /events',
      'POST /workspaces',
      'GET /workspaces/x',
      'POST /sample-team',
      'GET /history?ids=',
    ]) {
      const answer = await ask(canvas, route, route.startsWith('POST') ? { name: 'A' } : undefined, {
        cookie: 'canvas.session_token=forged.c2ln',
      });
      expect([route, answer.status]).toEqual([route, 401]);
    }
  });

  test('a bare first registration is for loopback only', async () => {
    const { cookie } = await firstAccount();
    const made = await ask(canvas, 'POST /workspaces', { name: 'Atlas' }, { cookie });
    const { id } = JSON.parse(made.text) as { id: string };
    expect((await ask(canvas, 'POST /registry/register', { id, delivery_mode: 'poll' })).status).toBe(401);
  });

  test('a session of another site’s making is of no use: a change must come from here', async () => {
    const { cookie } = await firstAccount();
    expect((await ask(canvas, 'POST /workspaces', { name: 'A' }, { cookie, origin: 'https://evil.example' })).status).toBe(403);
    expect(
      (await ask(canvas, 'POST /api/auth/sign-in', { email: ADA.email, password: PASSWORD }, { origin: 'https://evil.example' })).status,
    ).toBe(403);
    expect((await ask(canvas, 'POST /api/auth/sign-out', {}, { cookie, origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask(canvas, 'GET /workspaces', undefined, { cookie })).status).toBe(200);
  });

  test('sessions and accounts outlive the process; behind https the cookie travels by nothing else', async () => {
    const { cookie } = await firstAccount();
    await stop(canvas);
    canvas = await start(place);
    expect((await ask(canvas, 'GET /workspaces', undefined, { cookie })).status).toBe(200);
    await stop(canvas);
    canvas = await start(place, 'https://canvas.example');
    const secure = await ask(
      canvas,
      'POST /api/auth/sign-in',
      { email: ADA.email, password: PASSWORD },
      { origin: 'https://canvas.example' },
    );
    expect(secure.cookies[0]).toMatch(/^__Secure-canvas\.session_token=.*; Secure/i);
  });

  test('no way into the library but ours, and nothing secret in the log', async () => {
    const { cookie } = await firstAccount();
    for (const route of [
      'POST /api/auth/sign-up/email',
      'GET /api/auth/get-session',
      'POST /api/auth/update-user',
      'POST /api/auth/sign-in/email',
      'GET /api/auth/ok',
    ]) {
      expect([route, (await ask(canvas, route, route.startsWith('POST') ? {} : undefined, { cookie })).status]).toEqual([route, 404]);
    }
    await signIn('a wrong but secret one');
    const log = canvas.lines.join('');
    expect(log).not.toContain(PASSWORD);
    expect(log).not.toContain('a wrong but secret one');
    expect(log).not.toContain(decodeURIComponent(cookie.split('=')[1] ?? '-').split('.')[0]);
    expect(log).toContain('a sign-in was refused');
  });

  test('many attempts at once are put off instead of keeping the machine busy', async () => {
    await firstAccount();
    const attempts = Array.from({ length: 20 }, (_, index) =>
      canvas.people.signIn.signIn({ email: ADA.email, password: 'wrong' }, new Headers(), `10.8.0.${index}`),
    );
    const codes = (await Promise.allSettled(attempts)).map((one) => one.status === 'rejected' && one.reason.code);
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(8);
    expect(codes.filter((code) => code === 'overloaded')).toHaveLength(12);
  });
});

describe('two processes that open one store for the first time at once', () => {
  test('both sign with the same key', async () => {
    const { mkdtempSync, rmSync } = await import('node:fs');
    const folder = mkdtempSync('/tmp/canvas-people-');
    address = '10.7.0.1';
    const both = await Promise.all([start({ dataDir: folder }), start({ dataDir: folder })]);
    const token = await both[0].people.setUpToken();
    const made = await ask(both[0], 'POST /api/auth/set-up', { ...ADA, token });
    expect((await ask(both[1], 'GET /workspaces', undefined, { cookie: made.cookie })).status).toBe(200);
    await Promise.all(both.map(stop));
    rmSync(folder, { recursive: true });
  });
});
