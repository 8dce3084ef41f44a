import type { TaskPushNotificationConfig } from '@a2a-js/sdk';
import { RequestMalformedError } from '@a2a-js/sdk/errors';
import { ServerCallContext } from '@a2a-js/sdk/server';
import { expect, test } from 'vitest';
import { readAllowedTargets } from '#lib/domain/address-guard.ts';
import { GuardedPost } from './guarded-post.ts';
import { PushShelf } from './push-shelf.ts';

const modern = new ServerCallContext({ requestedVersion: '1.0' });
const config = (more: object = {}): TaskPushNotificationConfig => ({
  tenant: '',
  taskId: 't1',
  id: '',
  url: 'https://8.8.8.8/hook',
  token: '',
  authentication: undefined,
  ...more,
});

function shelfOf(allowed = '') {
  const guard = new GuardedPost({ allowed: readAllowedTargets(allowed), speaker: 'Atlas' });
  const refused: string[] = [];
  const shelf = new PushShelf(
    (url) => guard.judge(url),
    (taskId) => refused.push(taskId),
  );
  return { shelf, refused };
}

test.each([
  ['http://127.0.0.1/', 'loopback'],
  ['http://127.1/', 'loopback'],
  ['http://2130706433/', 'loopback'],
  ['http://0x7f000001/', 'loopback'],
  ['http://0177.0.0.1/', 'loopback'],
  ['http://127.0.0.1./', 'loopback'],
  ['http://１２７.0.0.1/', 'loopback'],
  ['http://0/', 'this machine'],
  ['http://[::]/', 'this machine'],
  ['http://[::1]:3000/', 'loopback'],
  ['http://[::ffff:127.0.0.1]/', 'loopback'],
  ['http://[64:ff9b::7f00:1]/', 'loopback'],
  ['http://[2002:7f00:1::1]/', 'loopback'],
  ['http://localhost/', 'loopback'],
  ['http://localhost./', 'loopback'],
  ['http://169.254.169.254/latest/meta-data', 'metadata'],
  ['http://[fd00:ec2::254]/', 'private'],
  ['http://10.0.0.1/', 'private'],
  ['http://192.168.1.1/', 'private'],
  ['http://100.64.0.1/', 'carrier-grade'],
  ['file:///etc/passwd', 'http or https'],
  ['gopher://8.8.8.8/', 'http or https'],
  ['nonsense', 'http or https'],
  ['', 'http or https'],
  [undefined, 'url'],
  [5, 'url'],
  ['https://user@8.8.8.8/', 'no user and no password'],
  ['https://user:password@8.8.8.8/', 'no user and no password'],
])('news goes to no %s', async (url, why) => {
  const { shelf, refused } = shelfOf();
  const saving = shelf.save('t1', modern, config({ url }));
  await expect(saving).rejects.toThrow(RequestMalformedError);
  await expect(saving).rejects.toThrow(why);
  expect([await shelf.load('t1'), refused]).toEqual([[], ['t1']]);
});

test('what the setting allows is taken', async () => {
  const { shelf, refused } = shelfOf('10.1.0.0/16');
  await shelf.save('t1', modern, config({ url: 'http://10.1.2.3:8080/hook' }));
  await expect(shelf.save('t1', modern, config({ url: 'http://10.2.0.1/' }))).rejects.toThrow('name 10.2.0.1 in CANVAS_ALLOWED_TARGETS');
  expect([shelf.of('t1').length, refused]).toEqual([1, ['t1']]);
});

test.each([
  { token: 'a\r\nx-evil: 1' },
  { token: 'snowman ☃' },
  { token: 5 },
  { authentication: { scheme: 'Bearer', credentials: 'a\nb' } },
  { authentication: { scheme: 'Bearer\u0000', credentials: 'a' } },
  { authentication: { scheme: 'Bearer', credentials: {} } },
])('what goes into a header is plain: %j', async (more) => {
  const { shelf } = shelfOf();
  await expect(shelf.save('t1', modern, config(more))).rejects.toThrow(RequestMalformedError);
  expect(shelf.of('t1')).toEqual([]);
});

test.each([
  ['url', { url: `https://8.8.8.8/${'x'.repeat(2000)}` }],
  ['token', { token: 'x'.repeat(8001) }],
  ['credentials', { authentication: { scheme: 'Bearer', credentials: 'x'.repeat(8001) } }],
  ['id', { id: 'x'.repeat(257) }],
  ['tenant', { tenant: 'x'.repeat(257) }],
])('a %s has an end', async (name, more) => {
  const { shelf } = shelfOf();
  await expect(shelf.save('t1', modern, config(more))).rejects.toThrow(new RegExp(`${name}: .*(2000|8000|256)`));
});

test('an id is given where there is none; the same one again is the same target', async () => {
  const { shelf } = shelfOf();
  const mine = config();
  await shelf.save('t1', modern, mine);
  expect(mine.id).not.toBe('');
  const [target] = shelf.of('t1');
  await shelf.save('t1', new ServerCallContext({ requestedVersion: '0.3' }), config({ id: mine.id, url: 'https://8.8.8.8/other' }));
  expect(shelf.of('t1')).toEqual([target]);
  expect(target).toMatchObject({ wireVersion: '0.3', config: { id: mine.id, url: 'https://8.8.8.8/other' } });
  for (const kept of await shelf.load('t1')) kept.url = 'http://changed.example/';
  expect(target?.config.url).toBe('https://8.8.8.8/other');
});

test('a task has at most ten', async () => {
  const { shelf } = shelfOf();
  for (let n = 0; n < 10; n += 1) await shelf.save('t1', modern, config());
  await expect(shelf.save('t1', modern, config())).rejects.toThrow('at most 10');
  await shelf.save('t2', modern, config({ taskId: 't2' }));
  expect([shelf.of('t1').length, shelf.of('t2').length]).toEqual([10, 1]);
});

test('one that is deleted is marked for whoever has it in hand, one whose task is forgotten is not', async () => {
  const { shelf } = shelfOf();
  for (const id of ['a', 'b']) await shelf.save('t1', modern, config({ id }));
  const [a, b] = shelf.of('t1');
  await shelf.delete('t1', modern, 'a');
  expect((await shelf.load('t1')).map(({ id }) => id)).toEqual(['b']);
  shelf.forget('t1');
  expect([await shelf.load('t1'), a?.deleted, b?.deleted]).toEqual([[], true, false]);
});
