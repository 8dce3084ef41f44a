import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DefaultExecutionEventBusManager, ServerCallContext } from '@a2a-js/sdk/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AgentTask } from './agent.ts';
import { leaveStream, rpc, stream } from './test-http.ts';
import { type TestRuntime, testRuntimes } from './test-runtime.ts';

interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

const open = testRuntimes();
let receiver: Server;
let hook: string;
let heard: Heard[];
let tasks: AgentTask[];
let release: () => void;

beforeEach(async () => {
  heard = [];
  tasks = [];
  release = () => {};
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const path = String(request.url);
      heard.push({ path, headers: request.headers, body: JSON.parse(text) });
      if (path === '/redirect') response.writeHead(302, { location: '/inside' });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.restoreAllMocks();
  release();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

/** Answers with what it was told; "wait" when released. */
async function workspace(settings: object = { allowed_targets: '127.0.0.1' }): Promise<TestRuntime> {
  return open(
    {
      handle: async (task) => {
        tasks.push(task);
        if (task.text === 'wait')
          await new Promise<void>((resolve) => {
            release = resolve;
            task.signal.addEventListener('abort', () => resolve());
          });
        return { text: `You said: ${task.text}` };
      },
    },
    {},
    settings,
  );
}

const message = (text: string) => ({ message: { role: 'user', messageId: crypto.randomUUID(), parts: [{ kind: 'text', text }] } });
const modern = (text: string) => ({ message: { role: 'ROLE_USER', messageId: crypto.randomUUID(), parts: [{ text }] } });
const to = (path: string, more: object = {}) => ({
  configuration: { blocking: true, pushNotificationConfig: { url: hook + path, ...more } },
});
const stateOf = ({ body }: Heard): unknown =>
  ((body['statusUpdate'] ?? body['task'] ?? body) as { status?: { state: string } }).status?.state;
const ended = (state: string) => vi.waitFor(() => expect(heard.map(stateOf)).toContain(state));

test('the card says so, in both of its parts', async () => {
  const { runtime } = await workspace();
  const card = await (await fetch(`${runtime.url}/.well-known/agent-card.json`)).json();
  expect(card).toMatchObject({ capabilities: { pushNotifications: true } });
});

test('a message of 0.3 with a push configuration: its receiver gets the task, to the end', async () => {
  const { runtime } = await workspace();
  const { result } = await rpc(runtime.url, 'message/send', { ...message('hello'), ...to('/hook', { token: 'mine' }) });
  await ended('completed');
  expect(heard.map(stateOf)).toEqual(['submitted', 'working', 'working', 'completed']);
  expect(heard.at(-1)).toMatchObject({
    path: '/hook',
    headers: { 'content-type': 'application/json', 'x-a2a-notification-token': 'mine' },
    body: { kind: 'task', id: result['id'], artifacts: [{ parts: [{ kind: 'text', text: 'You said: hello' }] }] },
  });
});

test('a stream of 1.0 with a push configuration: the same in 1.0, with the proof that was given', async () => {
  const { runtime } = await workspace();
  const authentication = { scheme: 'Bearer', credentials: 'abc' };
  const events = await stream(runtime.url, 'SendStreamingMessage', {
    ...modern('hello'),
    configuration: { taskPushNotificationConfig: { url: `${hook}/hook`, authentication } },
  });
  await ended('TASK_STATE_COMPLETED');
  expect(heard.map(({ body }) => body)).toEqual(events);
  expect(heard.at(-1)?.headers).toMatchObject({ 'content-type': 'application/a2a+json', authorization: 'Bearer abc' });
});

test('a stream whose reader has left is told to its end', async () => {
  const { runtime } = await workspace();
  const params = { ...message('wait'), ...to('/hook') };
  await leaveStream(runtime.url, 'message/stream', params, () => vi.waitFor(() => expect(tasks).toHaveLength(1)));
  release();
  await ended('completed');
});

test('a task that is cancelled is told so once', async () => {
  const { runtime } = await workspace();
  const { result } = await rpc(runtime.url, 'message/send', {
    ...message('wait'),
    configuration: { blocking: false, pushNotificationConfig: { url: `${hook}/hook` } },
  });
  await vi.waitFor(() => expect(tasks).toHaveLength(1));
  await rpc(runtime.url, 'tasks/cancel', { id: result['id'] });
  await ended('canceled');
  await rpc(runtime.url, 'message/send', { ...message('hello'), ...to('/next') });
  await ended('completed');
  expect(heard.filter(({ path }) => path === '/hook').map(stateOf)).toEqual(['submitted', 'working', 'canceled']);
});

test('configurations of a task can be set, read, listed and deleted, in both versions', async () => {
  const { runtime } = await workspace();
  const asked = await rpc(runtime.url, 'message/send', { ...message('wait'), configuration: { blocking: false } });
  const taskId = asked.result['id'];
  const set = await rpc(runtime.url, 'tasks/pushNotificationConfig/set', {
    taskId,
    pushNotificationConfig: { id: 'old', url: `${hook}/old` },
  });
  expect(set.result).toEqual({ taskId, pushNotificationConfig: { id: 'old', url: `${hook}/old` } });
  const created = (await rpc(runtime.url, 'CreateTaskPushNotificationConfig', { taskId, url: `${hook}/new` })).result;
  expect(created).toMatchObject({ id: expect.stringMatching(/.+/), url: `${hook}/new` });
  expect((await rpc(runtime.url, 'GetTaskPushNotificationConfig', { taskId, id: created['id'] })).result).toEqual(created);
  expect((await rpc(runtime.url, 'tasks/pushNotificationConfig/list', { id: taskId })).result).toHaveLength(2);
  await rpc(runtime.url, 'tasks/pushNotificationConfig/delete', { id: taskId, pushNotificationConfigId: 'old' });
  release();
  await ended('TASK_STATE_COMPLETED');
  expect(heard.filter(({ path }) => path === '/old')).toEqual([]);
});

test.each(['http://169.254.169.254/latest', 'http://[::1]:3000/', 'http://2130706433/', 'http://localhost/', 'file:///etc/passwd'])(
  'a message that wants news sent to %s is refused before the agent begins',
  async (url) => {
    const { runtime } = await workspace({});
    const configuration = { pushNotificationConfig: { url } };
    for (const [method, params] of [
      ['message/send', { ...message('hello'), configuration }],
      ['SendMessage', { ...modern('hello'), configuration: { taskPushNotificationConfig: { url } } }],
    ] as const)
      expect((await rpc(runtime.url, method, params)).error).toMatchObject({
        code: -32602,
        message: expect.stringContaining('News of the task cannot be sent there'),
      });
    expect(tasks).toEqual([]);
  },
);

test.each([
  ['message/stream', { ...message('hello'), configuration: { pushNotificationConfig: { url: 'http://10.0.0.1/' } } }],
  ['SendStreamingMessage', { ...modern('hello'), configuration: { taskPushNotificationConfig: { url: 'http://10.0.0.1/' } } }],
])('a stream that wants news sent inside is answered with the refusal, and leaves nothing open: %s', async (method, params) => {
  const opening = vi.spyOn(DefaultExecutionEventBusManager.prototype, 'createOrGetByTaskId');
  const { runtime } = await workspace({});
  const answer = await fetch(runtime.url, { method: 'POST', body: JSON.stringify({ id: 7, method, params }) });
  expect(JSON.parse((await answer.text()).replace(/^data: /, ''))).toMatchObject({
    id: 7,
    error: { code: -32602, message: expect.stringContaining('Test does not send to 10.0.0.1') },
  });
  expect(tasks).toEqual([]);
  const [taskId = ''] = opening.mock.calls[0] ?? [];
  const buses = opening.mock.contexts[0] as DefaultExecutionEventBusManager;
  expect(taskId).not.toBe('');
  expect(buses.getByTaskId(taskId, new ServerCallContext({}))).toBeUndefined();
});

test('a target that redirects is not followed, and the log names its host alone', async () => {
  const { runtime, logged } = await workspace();
  await rpc(runtime.url, 'message/send', { ...message('hello'), ...to('/redirect') });
  await ended('completed');
  await vi.waitFor(() => expect(logged()).toContain('answered 302: redirects are not followed'));
  expect(logged()).not.toContain('/redirect');
  expect(heard.map(({ path }) => path)).toEqual(Array(4).fill('/redirect'));
});
