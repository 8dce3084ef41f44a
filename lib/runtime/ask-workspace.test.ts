import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askWorkspace } from './ask-workspace.ts';
import { Credentials } from './credentials.ts';
import { PlatformClient } from './platform-client.ts';
import { testFolders } from './test-folder.ts';
import { type Reply, refusal, type SeenRequest, TestPlatform } from './test-platform.ts';

const newFolder = testFolders();
const QUEUE = '/workspaces/peer/a2a';
let platform: TestPlatform;
let client: PlatformClient;

beforeEach(async () => {
  platform = await TestPlatform.start();
  const folder = newFolder();
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const credentials = new Credentials(folder);
  await credentials.load();
  client = new PlatformClient(platform.url, credentials);
});
afterEach(async () => {
  client.close();
  await platform.close();
});

const never = () => new AbortController().signal;
const ask = (signal = never(), text = 'how far?') =>
  askWorkspace(client, { target: 'peer', from: 'me', messageId: 'm1', text, signal, timeoutMs: 10_000 });

const said = (text: string): Reply => ({
  status: 200,
  body: {
    jsonrpc: '2.0',
    id: 1,
    result: { kind: 'task', status: { state: 'completed' }, artifacts: [{ parts: [{ kind: 'text', text }] }] },
  },
});
const queued: Reply = { status: 202, body: { queued: true, queue_id: 'q1', queue_depth: 1 } };
const inQueue = (row: object): Reply => ({ status: 200, body: { queue_id: 'q1', why: '', answer: null, ...row } });

/** Answers the requests one by one, in this order; then always with the last. */
function inTurn(...replies: Reply[]): void {
  let at = 0;
  platform.onRequest = () => replies[Math.min(at++, replies.length - 1)];
}

const calls = () => platform.seen.map(({ method, path }) => `${method} ${path}`);
const idsOf = (seen: SeenRequest[]) =>
  seen.map(({ body }) => (body as { params: { message: { messageId: string } } } | null)?.params.message.messageId);

test('a question goes through the queue of the platform, in the name and with the token of who asks, and waits there', async () => {
  inTurn(said('half way'));
  expect(await ask()).toBe('half way');
  expect(platform.seen).toMatchObject([
    {
      method: 'POST',
      path: QUEUE,
      authorization: 'Bearer token-one',
      headers: { 'x-workspace-id': 'me', prefer: 'wait=50' },
      body: {
        jsonrpc: '2.0',
        method: 'message/send',
        params: { message: { messageId: 'm1', role: 'user', parts: [{ kind: 'text', text: 'how far?' }] } },
      },
    },
  ]);
});

test.each<[string, Reply]>([
  ['a lost connection', { status: 0, hangUp: true }],
  ['a platform that has too much to do', { ...refusal(503, 'overloaded'), headers: { 'retry-after': '0' } }],
  ['a platform that is being started', { status: 502, body: '<html>' }],
  ['a fault of the platform', refusal(500, 'internal')],
  ['too many requests', refusal(429, 'rate_limited')],
])('after %s the same message is sent again', async (_name, trouble) => {
  inTurn(trouble, trouble, said('half way'));
  expect(await ask()).toBe('half way');
  expect(idsOf(platform.seen)).toEqual(['m1', 'm1', 'm1']);
});

test('a platform that is away for a while is asked again when it is back', async () => {
  const port = Number(new URL(platform.url).port);
  await platform.close();
  const answer = ask();
  platform = await TestPlatform.start(port);
  inTurn(said('half way'));
  expect(await answer).toBe('half way');
});

describe('a message that is queued', () => {
  test('is looked for, and waited for again under its id while it is open', async () => {
    const open = inQueue({ state: 'waiting', why: 'It is being restarted' });
    inTurn(queued, open, queued, inQueue({ state: 'delivering' }), said('half way'));
    expect(await ask()).toBe('half way');
    expect(calls()).toEqual([`POST ${QUEUE}`, `GET ${QUEUE}/queue/q1`, `POST ${QUEUE}`, `GET ${QUEUE}/queue/q1`, `POST ${QUEUE}`]);
    expect(new Set(idsOf(platform.seen.filter(({ method }) => method === 'POST')))).toEqual(new Set(['m1']));
  });

  test('is answered as the queue keeps it, when it was answered in between', async () => {
    inTurn(queued, inQueue({ state: 'answered', answer: said('half way').body }));
    expect(await ask()).toBe('half way');
    expect(calls()).toHaveLength(2);
  });

  test('is not lost with a platform that breaks off while it is looked for', async () => {
    inTurn(queued, { status: 0, hangUp: true }, refusal(503, 'unavailable'), said('half way'));
    expect(await ask()).toBe('half way');
  });

  test.each([
    [{ state: 'failed', why: 'It answered 500 without JSON, 5 times' }, /could not be delivered.*: It answered 500 without JSON, 5 times$/],
    [{ state: 'dropped', why: 'no longer needed.' }, /was dropped by an operator: no longer needed$/],
    [{ state: 'expired', why: '' }, /expired before it could be delivered$/],
  ])('and ended as %o says so', async (row, why) => {
    inTurn(queued, inQueue(row));
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_failed', message: expect.stringMatching(why) });
    expect(calls()).toHaveLength(2);
  });

  test('and that the platform knows no more is not sent past it', async () => {
    inTurn(queued, refusal(404, 'not_found'));
    await expect(ask()).rejects.toMatchObject({ code: 'gone' });
    expect(calls()).toHaveLength(2);
  });
});

test.each([
  [401, 'token_rejected'],
  [403, 'forbidden'],
  [409, 'conflict'],
  [410, 'gone'],
  [413, 'too_large'],
])('a refusal with %i is told at once, in the words of the platform', async (status, code) => {
  inTurn(refusal(status, code, 'not like this'));
  await expect(ask()).rejects.toMatchObject({
    code,
    message: `The platform refused a message to workspace peer with ${status}: not like this`,
  });
  expect(calls()).toHaveLength(1);
});

test.each<[string, object, string]>([
  ['a failed task', { result: { status: { state: 'failed', message: { parts: [{ text: 'no index yet' }] } } } }, 'no index yet'],
  ['a dropped message', { error: { code: -32014, message: 'The message was dropped: enough' } }, 'The message was dropped: enough'],
  [
    'a failed task of A2A 1.0',
    { result: { task: { status: { state: 'TASK_STATE_FAILED', message: { parts: [{ text: 'no index yet' }] } } } } },
    'no index yet',
  ],
  ['a rejected task without a word', { result: { status: { state: 'rejected' } } }, 'Workspace peer says of the task: rejected'],
  ['a task that needs more', { result: { status: { state: 'input-required' } } }, 'Workspace peer asks for more'],
  ['an error that says nothing readable', { error: { message: { toString: 1 } } }, 'Workspace peer answered 200 without a result'],
  ['a state that is no text', { result: { status: { state: { toString: 1 } } } }, 'Workspace peer says of the task: unfinished'],
  ['an answer without a result', {}, 'Workspace peer answered 200 without a result'],
])('%s is told as it is', async (_name, body, message) => {
  inTurn({ status: 200, body });
  await expect(ask()).rejects.toMatchObject({ code: 'upstream_failed', message });
});

describe('a platform without a queue', () => {
  test.each([404, 405])('that answers %i has the other one asked directly, under the same id', async (status) => {
    platform.onRequest = ({ path }) => {
      if (path === QUEUE) return refusal(status, 'not_found');
      if (path === '/registry/discover/peer') return { status: 200, body: { id: 'peer', url: `${platform.url}/agent`, name: 'Peer' } };
      return path === '/agent' ? said('half way') : undefined;
    };
    expect(await ask()).toBe('half way');
    expect(calls()).toEqual([`POST ${QUEUE}`, 'GET /registry/discover/peer', 'POST /agent']);
    expect(platform.seen.at(-1)).toMatchObject({ authorization: null, headers: { 'x-workspace-id': 'me' } });
    expect(idsOf(platform.seen).at(-1)).toBe('m1');
  });

  test('that does not know the other one says so', async () => {
    inTurn(refusal(404, 'not_found', 'There is no workspace peer'));
    await expect(ask()).rejects.toMatchObject({
      code: 'not_found',
      message: 'The platform refused to find workspace peer with 404: There is no workspace peer',
    });
  });
});

test('whoever is waited for: a beat has a connection', async () => {
  platform.onRequest = ({ path }) => (path === QUEUE ? { status: 200, silent: true } : undefined);
  const giveUps = Array.from({ length: 20 }, () => new AbortController());
  const asked = giveUps.map(({ signal }) => ask(signal));
  const ended = Promise.allSettled(asked);
  await platform.until(() => calls().filter((call) => call === `POST ${QUEUE}`).length === 20);
  expect(await client.call('GET', '/registry/me/peers')).toMatchObject({ status: 404 });
  for (const giveUp of giveUps) giveUp.abort(new Error('enough'));
  expect((await ended).every((one) => one.status === 'rejected' && (one.reason as Error).message === 'enough')).toBe(true);
});
