import { afterEach, beforeEach, expect, test } from 'vitest';
import type { QueuePage } from '#lib/contract/messages.ts';
import { TestServer } from './test-server.ts';
import { TestStreamingAgent } from './test-streaming-agent.ts';

let canvas: TestServer;
let agent: TestStreamingAgent;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestServer().open();
  agent = await new TestStreamingAgent().open();
  atlas = await canvas.workspace('Atlas');
  scout = await canvas.workspace('Scout');
  await agent.serve(canvas, atlas);
});
afterEach(async () => {
  await agent.close();
  await canvas.close();
});

type Json = Record<string, unknown>;
const ask = (method: string, params: Json = { id: 't1' }, token = scout.token) =>
  canvas.ask<Json>(`POST /workspaces/${atlas.id}/a2a`, { token, body: { jsonrpc: '2.0', id: 'mine', method, params } });

test.each(['tasks/get', 'tasks/cancel', 'tasks/pushNotificationConfig/list', 'GetTask', 'CancelTask'])(
  '%s goes to the agent as it is, and its answer comes back under the caller’s id',
  async (method) => {
    const asking = ask(method, { id: 't1', historyLength: 2 });
    const line = await agent.line(0);
    expect(line.request).toMatchObject({ method, params: { id: 't1', historyLength: 2 } });
    line.json({ kind: 'task', id: 't1' });
    const { status, body } = await asking;
    expect([status, body]).toEqual([200, { jsonrpc: '2.0', id: 'mine', result: { kind: 'task', id: 't1' } }]);
    expect((await canvas.ask<QueuePage>(`GET /workspaces/${atlas.id}/a2a/queue?state=all`)).body.items).toEqual([]);
  },
);

test.each(['tasks/resubscribe', 'SubscribeToTask'])('%s: the events that come, until they end or who asked leaves', async (method) => {
  const leaving = new AbortController();
  const open = (signal?: AbortSignal) =>
    fetch(`${canvas.url}/workspaces/${atlas.id}/a2a`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 'mine', method, params: { id: 't1' } }),
      ...(signal ? { signal } : {}),
    });
  const first = open();
  const line = await agent.line(0);
  line.event({ n: 1 });
  line.event({ n: 2 });
  line.end();
  expect(await (await first).text()).toBe([1, 2].map((n) => `data: {"jsonrpc":"2.0","id":"mine","result":{"n":${n}}}\n\n`).join(''));
  const second = open(leaving.signal);
  const other = await agent.line(1);
  other.event({ n: 1 });
  await second;
  leaving.abort();
  await other.closed;
  // Nobody ends the task of another: only the following of it ends.
  expect(agent.lines).toHaveLength(2);
  const third = open();
  const dying = await agent.line(2);
  dying.event({ n: 1 });
  const reading = (await third).text();
  dying.die();
  expect(await reading).toContain('The stream broke off.');
});

test('what the agent refuses is its answer; what is none is not passed on', async () => {
  const refused = ask('tasks/get');
  (await agent.line(0)).response.end(JSON.stringify({ jsonrpc: '2.0', id: 9, error: { code: -32001, message: 'Task not found' } }));
  expect((await refused).body).toEqual({ jsonrpc: '2.0', id: 'mine', error: { code: -32001, message: 'Task not found' } });
  const nonsense = ask('tasks/get');
  (await agent.line(1)).response.end('<html>');
  expect(await nonsense).toMatchObject({ status: 502, body: { code: 'upstream_failed' } });
});

test('the tasks of a workspace that fetches its messages cannot be asked for, now or later', async () => {
  await canvas.ask('POST /registry/register', { token: atlas.token, body: { id: atlas.id, delivery_mode: 'poll' } });
  const { status, body } = await ask('tasks/get');
  expect([status, body]).toEqual([
    200,
    { jsonrpc: '2.0', id: 'mine', error: { code: -32601, message: expect.stringContaining('fetches its messages') } },
  ]);
  expect(JSON.stringify(body)).not.toContain('later');
});

test('an agent that cannot be asked now: word of that at once, and why; one that is not there: 502', async () => {
  await canvas.beat(atlas, { boot_id: 'boot-1', runtime_state: 'wedged' });
  expect(await ask('tasks/get')).toMatchObject({
    status: 200,
    body: { id: 'mine', error: { code: -32017, message: expect.stringContaining('stuck'), data: { code: 'unavailable' } } },
  });
  await canvas.beat(atlas, { boot_id: 'boot-1' });
  await canvas.ask('POST /registry/register', { token: atlas.token, body: { id: atlas.id, url: 'http://127.0.0.1:1' } });
  expect(await ask('tasks/get')).toMatchObject({
    status: 502,
    body: { code: 'upstream_unreachable', error: expect.stringContaining('127.0.0.1:1') },
  });
});

test.each<[string, string, (url: string) => Json]>([
  ['set, 0.3', 'tasks/pushNotificationConfig/set', (url) => ({ taskId: 't1', pushNotificationConfig: { url } })],
  ['create, 1.0', 'CreateTaskPushNotificationConfig', (url) => ({ taskId: 't1', url })],
  ['with a message, 0.3', 'message/send', (url) => ({ message: { parts: ['x'] }, configuration: { pushNotificationConfig: { url } } })],
  ['with a message, 1.0', 'SendMessage', (url) => ({ message: { parts: ['x'] }, configuration: { taskPushNotificationConfig: { url } } })],
  ['with a stream', 'message/stream', (url) => ({ message: { parts: ['x'] }, configuration: { pushNotificationConfig: { url } } })],
])('news of a task go to no address inside: %s', async (_name, method, params) => {
  for (const url of ['http://169.254.169.254/latest', 'http://[::1]:3000/', 'http://2130706433/', 'http://10.0.0.1/'])
    expect([url, (await ask(method, params(url))).status]).toEqual([url, 403]);
  // Where it connects to is the agent's affair: a name that Canvas does not find may be one of the agent's own network.
  expect((await ask(method, params('http://inside.invalid/'))).status).toBe(403);
  expect((await ask(method, params(['http://127.0.0.1'] as unknown as string))).status).toBe(400);
  for (const url of ['file:///etc/passwd', 'nonsense']) expect([url, (await ask(method, params(url))).status]).toEqual([url, 400]);
  expect(agent.lines).toHaveLength(0);
  const allowed = ask(method, params('https://8.8.8.8/hook'));
  (await agent.line(0)).json({ kind: 'message', parts: [] });
  expect((await allowed).status).toBe(200);
});

test('whoever knows a task’s id reaches it; all of them are told to the workspace itself and to operators, nobody else', async () => {
  const list = (token: string | undefined) =>
    canvas.ask<Json>(`POST /workspaces/${atlas.id}/a2a`, {
      token,
      body: { jsonrpc: '2.0', id: 'mine', method: 'ListTasks', params: { pageSize: 10 } },
    });
  expect(await list(scout.token)).toMatchObject({ status: 403, body: { code: 'forbidden', error: expect.stringContaining('ListTasks') } });
  expect(agent.lines).toHaveLength(0);
  for (const [number, token] of [atlas.token, undefined].entries()) {
    const listing = list(token);
    const line = await agent.line(number);
    expect(line.request).toMatchObject({ method: 'ListTasks', params: { pageSize: 10 } });
    line.json({ tasks: [] });
    expect(await listing).toMatchObject({ status: 200, body: { id: 'mine', result: { tasks: [] } } });
  }
});

test('only those who may talk to it are heard', async () => {
  const { body } = await canvas.ask<{ id: string }>('POST /workspaces', { body: { name: 'Child', parent_id: scout.id } });
  const token = (await canvas.ask<{ auth_token: string }>(`POST /workspaces/${body.id}/tokens`, { body: {} })).body.auth_token;
  expect((await ask('tasks/get', {}, token)).status).toBe(403);
  expect(agent.lines).toHaveLength(0);
});
