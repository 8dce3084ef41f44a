import { type StreamResponse, type Task, TaskState } from '@a2a-js/sdk';
import { ServerCallContext } from '@a2a-js/sdk/server';
import { expect, test, vi } from 'vitest';
import { readAllowedTargets } from '#lib/domain/address-guard.ts';
import { GuardedPost } from './guarded-post.ts';
import { PushSender } from './push-sender.ts';
import type { PushTarget } from './push-shelf.ts';

const context = new ServerCallContext({ requestedVersion: '1.0' });
const task = (state: TaskState, id = 't1'): Task => ({
  id,
  contextId: 'c1',
  status: { state, message: undefined, timestamp: '2026-01-01T00:00:00Z' },
  artifacts: [],
  history: [],
  metadata: {},
});
const news = (state: TaskState): StreamResponse => ({
  payload: { $case: 'statusUpdate', value: { taskId: 't1', contextId: 'c1', status: task(state).status, metadata: {} } },
});
const WORKING = TaskState.TASK_STATE_WORKING;
const COMPLETED = TaskState.TASK_STATE_COMPLETED;
const target = (url: string, more: object = {}, wireVersion = '1.0'): PushTarget => ({
  config: { tenant: '', taskId: 't1', id: url, url, token: '', authentication: undefined, ...more },
  wireVersion,
  deleted: false,
});

interface Sent {
  url: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** Whatever is posted waits until it is let through. */
function senderOf(...targets: PushTarget[]) {
  const sent: Sent[] = [];
  const waiting: { resolve: () => void; reject: (why: Error) => void }[] = [];
  const logged: string[] = [];
  const signals: AbortSignal[] = [];
  const sender = new PushSender({
    targetsOf: (id) => (id === 't1' ? targets : []),
    post: (url, headers, body, signal) => {
      sent.push({ url: url.href, headers, body: JSON.parse(body) });
      signals.push(signal);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
  });
  const tell = (state: TaskState) => sender.send(news(state), context, task(state));
  const reached = (count: number) => vi.waitFor(() => expect(sent).toHaveLength(count), { interval: 1 });
  return { sender, sent, waiting, logged, signals, tell, reached };
}
const stateOf = ({ body }: Sent) => (body['statusUpdate'] as { status: { state: string } }).status.state;

test('two quick events go out one after the other, each as it was when it happened', async () => {
  const { sender, sent, waiting, reached } = senderOf(target('https://a.example/', {}, '0.3'));
  const live = task(WORKING);
  void sender.send(news(WORKING), context, live);
  live.status = task(COMPLETED).status;
  void sender.send(news(COMPLETED), context, live);
  await reached(1);
  expect(sent[0]?.body).toMatchObject({ status: { state: 'working' } });
  waiting[0]?.resolve();
  await reached(2);
  expect(sent[1]?.body).toMatchObject({ kind: 'task', id: 't1', status: { state: 'completed' } });
});

test('a target that hangs holds up no other', async () => {
  const { sent, waiting, tell } = senderOf(target('https://hangs.example/'), target('https://goes.example/'));
  void tell(WORKING);
  void tell(COMPLETED);
  await vi.waitFor(() => expect(sent.map(({ url }) => url)).toEqual(['https://hangs.example/', 'https://goes.example/']));
  waiting[1]?.resolve();
  await vi.waitFor(() => expect(sent.map(({ url }) => url)).toContain('https://goes.example/'));
  await vi.waitFor(() =>
    expect(sent.filter(({ url }) => url === 'https://goes.example/').map(stateOf)).toEqual(['TASK_STATE_WORKING', 'TASK_STATE_COMPLETED']),
  );
  expect(sent.filter(({ url }) => url === 'https://hangs.example/')).toHaveLength(1);
});

test('of a line that is too long progress is left out, never an answer or an end', async () => {
  const { sender, sent, waiting, tell, reached } = senderOf(target('https://hangs.example/'));
  void tell(WORKING);
  await reached(1);
  for (let n = 0; n < 500; n += 1) void tell(WORKING);
  const artifact = { artifactId: 'answer', name: '', description: '', parts: [], metadata: {}, extensions: [] };
  const answer = { taskId: 't1', contextId: 'c1', artifact, append: false, lastChunk: true, metadata: {} };
  void sender.send({ payload: { $case: 'artifactUpdate', value: answer } }, context, task(WORKING));
  void tell(COMPLETED);
  for (let n = 1; n <= 103; n += 1) {
    waiting.at(-1)?.resolve();
    if (n < 103) await reached(n + 1);
  }
  expect(sent.slice(-2).map(({ body }) => Object.keys(body))).toEqual([['artifactUpdate'], ['statusUpdate']]);
  expect(stateOf(sent[102] as Sent)).toBe('TASK_STATE_COMPLETED');
});

test('large news are bounded by their size as well', async () => {
  const { sender, sent, waiting, tell, reached } = senderOf(target('https://hangs.example/', {}, '0.3'));
  void tell(WORKING);
  await reached(1);
  const large = { ...task(WORKING), metadata: { text: 'x'.repeat(3 * 1024 * 1024) } };
  for (let n = 0; n < 10; n += 1) void sender.send(news(WORKING), context, large);
  void tell(COMPLETED);
  for (const n of [2, 3, 4]) {
    waiting.at(-1)?.resolve();
    await reached(n);
  }
  expect(sent[3]?.body).toMatchObject({ status: { state: 'completed' } });
});

test('one event that two readers took is told once', async () => {
  const { sender, sent, waiting, reached, tell } = senderOf(target('https://a.example/'));
  const event = news(TaskState.TASK_STATE_CANCELED);
  void sender.send(event, context, task(TaskState.TASK_STATE_CANCELED));
  void sender.send({ ...event }, context, task(TaskState.TASK_STATE_CANCELED));
  void tell(COMPLETED);
  await reached(1);
  waiting[0]?.resolve();
  await reached(2);
  expect(sent.map(stateOf)).toEqual(['TASK_STATE_CANCELED', 'TASK_STATE_COMPLETED']);
});

test('each is told in the version in which it asked, with its own proof', async () => {
  const { sent, tell, reached } = senderOf(
    target('https://a.example/', { token: 'mine' }),
    target('https://b.example/', { token: 'mine', authentication: { scheme: 'Bearer', credentials: 'abc' } }, '0.3'),
    target('https://c.example/'),
  );
  void tell(COMPLETED);
  await reached(3);
  expect(sent).toEqual([
    {
      url: 'https://a.example/',
      headers: { 'content-type': 'application/a2a+json', 'x-a2a-notification-token': 'mine' },
      body: expect.objectContaining({ statusUpdate: expect.anything() }),
    },
    {
      url: 'https://b.example/',
      headers: { 'content-type': 'application/json', authorization: 'Bearer abc' },
      body: expect.objectContaining({ kind: 'task', status: expect.objectContaining({ state: 'completed' }) }),
    },
    { url: 'https://c.example/', headers: { 'content-type': 'application/a2a+json' }, body: expect.anything() },
  ]);
});

test('a target that is deleted gets nothing that waits for it', async () => {
  const gone = target('https://gone.example/');
  const { sent, waiting, tell, reached } = senderOf(gone, target('https://kept.example/'));
  void tell(WORKING);
  void tell(COMPLETED);
  await reached(2);
  gone.deleted = true;
  for (const { resolve } of waiting.splice(0)) resolve();
  await reached(3);
  expect(sent[2]?.url).toBe('https://kept.example/');
});

test('what did not arrive is logged once, until something arrives', async () => {
  const { sent, waiting, logged, tell, reached } = senderOf(target('https://a.example/secret'));
  for (const outcome of ['fails', 'fails', 'arrives', 'fails']) {
    const before = sent.length;
    void tell(WORKING);
    await reached(before + 1);
    if (outcome === 'arrives') waiting.at(-1)?.resolve();
    else waiting.at(-1)?.reject(new Error('a.example answered 500'));
  }
  await vi.waitFor(() => expect(logged).toHaveLength(2));
  expect(logged[0]).toBe('warn News of a task did not arrive: a.example answered 500 {"task":"t1"}');
});

test('what is on its way when the runtime ends is given up, and the rest is not begun', async () => {
  const { sender, sent, waiting, logged, signals, tell, reached } = senderOf(target('https://a.example/'));
  void tell(WORKING);
  void tell(COMPLETED);
  await reached(1);
  sender.close();
  expect(signals[0]?.aborted).toBe(true);
  waiting[0]?.reject(new Error('given up'));
  await new Promise(setImmediate);
  expect([sent.length, logged]).toEqual([1, []]);
});

test('a name is judged again each time: one that stands for something inside by then gets nothing', async () => {
  const answers = [['8.8.8.8'], ['127.0.0.1']];
  const guard = new GuardedPost({ allowed: readAllowedTargets(''), speaker: 'Atlas', resolve: async () => answers.shift() ?? [] });
  await expect(guard.judge(new URL('http://rebind.example/'))).resolves.toEqual(['8.8.8.8']);
  const logged: string[] = [];
  const sender = new PushSender({
    targetsOf: () => [target('http://rebind.example/secret')],
    post: (url, headers, body, signal) => guard.send(url, headers, body, signal),
    log: (_level, message) => logged.push(message),
  });
  void sender.send(news(COMPLETED), context, task(COMPLETED));
  await vi.waitFor(() => expect(logged).toEqual([expect.stringContaining('Atlas does not send to rebind.example (127.0.0.1)')]));
  expect(logged[0]).not.toContain('secret');
});
