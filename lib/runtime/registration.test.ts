import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Credentials } from './credentials.ts';
import { PlatformClient } from './platform-client.ts';
import { register } from './registration.ts';
import { testFolders } from './test-folder.ts';
import { refusal, TestPlatform } from './test-platform.ts';

const newFolder = testFolders();
let platform: TestPlatform;
let stop: AbortController;
beforeEach(async () => {
  platform = await TestPlatform.start();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await platform.close();
  expect(platform.faults).toEqual([]);
});

async function bench(options: { token?: string; joinCode?: string } = {}) {
  const folder = newFolder();
  if (options.token) writeFileSync(join(folder, '.auth_token'), options.token);
  const credentials = new Credentials(folder);
  await credentials.load();
  const done = () =>
    register({
      client: new PlatformClient(platform.url, credentials),
      credentials,
      joinCode: options.joinCode ?? null,
      body: { id: 'ws-1', url: 'http://127.0.0.1:9', delivery_mode: 'push', agent_card: { name: 'A' } },
      log: () => {},
      signal: stop.signal,
      retryMs: 2,
    });
  return { folder, credentials, done };
}
const joined = {
  status: 200,
  body: { status: 'registered', delivery_mode: 'push', auth_token: 'earned', platform_inbound_secret: 'inbound' },
};

test('a join code earns a token, which is kept and used from then on', async () => {
  const { folder, credentials, done } = await bench({ joinCode: 'join_abc' });
  platform.onRequest = () => joined;
  await done();
  expect(platform.seen[0]).toMatchObject({ authorization: 'Bearer join_abc', body: { id: 'ws-1', url: 'http://127.0.0.1:9' } });
  expect(readFileSync(join(folder, '.auth_token'), 'utf8').trim()).toBe('earned');
  expect(readFileSync(join(folder, '.inbound_secret'), 'utf8').trim()).toBe('inbound');
  expect(credentials.token).toBe('earned');
});

test('a token that still works keeps the join code unspent; a refused one falls back on it', async () => {
  const good = await bench({ token: 'works', joinCode: 'join_abc' });
  await good.done();
  expect(platform.seen.map((request) => request.authorization)).toEqual(['Bearer works']);
  const stale = await bench({ token: 'stale', joinCode: 'join_abc' });
  platform.onRequest = ({ authorization }) => (authorization === 'Bearer join_abc' ? joined : refusal(401, 'token_rejected'));
  await stale.done();
  expect(stale.credentials.token).toBe('earned');
});

test('without token and code it registers bare', async () => {
  const { done } = await bench();
  await done();
  expect(platform.seen[0]?.authorization).toBeNull();
});

test('a platform that is not there yet, or overloaded, is asked again', async () => {
  const { done } = await bench({ token: 't' });
  platform.onRequest = () => (platform.seen.length < 3 ? refusal(503, 'overloaded') : undefined);
  await done();
  expect(platform.seen).toHaveLength(3);
});

test('a refused token of a file is tried until the fresh one is there', async () => {
  const { folder, done } = await bench({ token: 'old' });
  platform.onRequest = ({ authorization }) => {
    if (platform.seen.length === 3) writeFileSync(join(folder, '.auth_token'), 'fresh');
    return authorization === 'Bearer fresh' ? undefined : refusal(401, 'token_rejected');
  };
  await done();
});

test.each([
  [{ joinCode: 'join_used' }, 401, 'token_rejected'],
  [{}, 401, 'unauthenticated'],
  [{ token: 't' }, 404, 'not_found'],
  [{ token: 't' }, 410, 'gone'],
  [{ token: 't' }, 403, 'forbidden'],
  [{ token: 't' }, 400, 'bad_request'],
])('with %j a %i is final and tells what the platform said', async (options, status, code) => {
  const { done } = await bench(options);
  platform.onRequest = () => refusal(status, code, 'because of the test');
  await expect(done()).rejects.toMatchObject({ code, message: expect.stringContaining('because of the test') });
  expect(platform.seen).toHaveLength(1);
});

test('an answer that is not from Canvas is not taken for a registration', async () => {
  const { done } = await bench({ token: 't' });
  platform.onRequest = () => (platform.seen.length === 1 ? { status: 200, body: { hello: 'proxy' } } : undefined);
  await done();
  expect(platform.seen).toHaveLength(2);
});

test('it can be called off while it waits', async () => {
  const { done } = await bench({ token: 't' });
  platform.onRequest = () => {
    stop.abort();
    return refusal(503, 'unavailable');
  };
  await expect(done()).rejects.toBeDefined();
});
