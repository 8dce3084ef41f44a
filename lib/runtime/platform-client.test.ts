import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Credentials } from './credentials.ts';
import { PlatformClient, refusalOf } from './platform-client.ts';
import { testFolders } from './test-folder.ts';
import { refusal, TestPlatform } from './test-platform.ts';

const newFolder = testFolders();
let platform: TestPlatform;
let client: PlatformClient;
let folder: string;
beforeEach(async () => {
  platform = await TestPlatform.start();
  folder = newFolder();
  writeFileSync(join(folder, '.auth_token'), 'old');
  const credentials = new Credentials(folder);
  await credentials.load();
  client = new PlatformClient(platform.url, credentials);
});
afterEach(async () => {
  client.close();
  await platform.close();
});

test.each(['/registry/ws-1/peers', '/registry/discover/ws-2', '/registry/update-card'])(
  'a 401 of %s reads the token again and retries once',
  async (path) => {
    platform.onRequest = ({ authorization }) => {
      writeFileSync(join(folder, '.auth_token'), 'new');
      return authorization === 'Bearer new' ? { status: 200, body: { ok: true } } : refusal(401, 'token_rejected');
    };
    expect(await client.call(path.endsWith('card') ? 'POST' : 'GET', path, path.endsWith('card') ? { body: {} } : {})).toMatchObject({
      status: 200,
    });
    expect(platform.seen.map((request) => request.authorization)).toEqual(['Bearer old', 'Bearer new']);
  },
);

test('it retries once, not for ever', async () => {
  let number = 0;
  platform.onRequest = () => {
    number += 1;
    writeFileSync(join(folder, '.auth_token'), `new-${number}`);
    return refusal(401, 'token_rejected');
  };
  expect(await client.call('GET', '/x')).toMatchObject({ status: 401 });
  expect(platform.seen).toHaveLength(2);
});

test('connections are kept, and renewing drops them', async () => {
  await client.call('GET', '/a');
  await client.call('GET', '/b');
  client.renew();
  await client.call('GET', '/c');
  const [a, b, c] = platform.seen.map((request) => request.connection);
  expect(b).toBe(a);
  expect(c).not.toBe(a);
});

test('a call that gets no answer ends at its time limit and says where', async () => {
  platform.onRequest = () => ({ status: 200, silent: true });
  await expect(client.call('GET', '/slow', { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining(`${platform.url}/slow did not answer within 0.05 s`),
  });
});

test('a platform that is not there is unreachable', async () => {
  await platform.close();
  await expect(client.call('GET', '/x')).rejects.toMatchObject({
    code: 'upstream_unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a path prefix of the address is kept', async () => {
  const credentials = new Credentials(folder);
  const prefixed = new PlatformClient(`${platform.url}/canvas`, credentials);
  await prefixed.call('GET', '/registry/x');
  prefixed.close();
  expect(platform.seen[0]).toMatchObject({ path: '/canvas/registry/x', headers: { origin: platform.url } });
});

test('a refusal keeps the code and sentence of the platform, and invents no code', () => {
  const answer = { status: 409, retryAfterMs: null, body: { error: 'it has children', code: 'conflict' } };
  expect(refusalOf(answer, 'to remove it')).toMatchObject({
    code: 'conflict',
    message: 'The platform refused to remove it with 409: it has children',
  });
  expect(refusalOf({ ...answer, body: '<html>' }, 'it')).toMatchObject({ code: 'upstream_failed' });
  expect(refusalOf({ ...answer, status: 204 }, 'it')).toBeNull();
});
