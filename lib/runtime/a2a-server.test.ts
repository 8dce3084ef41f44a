import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readAllowedTargets } from '#lib/domain/address-guard.ts';
import { askAgent } from './a2a-client.ts';
import { A2aServer, MAX_BODY_BYTES } from './a2a-server.ts';
import type { Agent, AgentTask } from './agent.ts';
import { Drain } from './drain.ts';
import { Gate } from './gate.ts';
import { testFolders } from './test-folder.ts';
import { leaveStream, rpc, send, stream } from './test-http.ts';
import { WorkInHand } from './work-in-hand.ts';
import { openWorkMemory, type WorkMemory } from './work-memory.ts';
import { WorkMeter } from './work-meter.ts';

const newFolder = testFolders();
let folder: string;
let server: A2aServer;
let memory: WorkMemory;
let meter: WorkMeter;
let work: WorkInHand;
let gate: Gate;
let drain: Drain;
let tasks: AgentTask[];
let release: () => void;
let secret: string | null;

/** Answers with what it was told; "wait" until released or cancelled, "fail" not at all. */
const agent: Agent = {
  name: 'Echo',
  description: 'Says it again',
  skills: [{ id: 'echo', name: 'Echo', description: 'Says it again' }],
  async handle(task) {
    tasks.push(task);
    task.onProgress(`Reading ${task.text}`);
    if (task.text.startsWith('fail')) throw new Error('it went wrong on purpose');
    if (task.text.startsWith('cut')) {
      for (let step = 0; step < 50; step += 1) task.onProgress(`Step ${step}`);
      drain.signal('run-1', 0);
      task.signal.throwIfAborted();
    }
    if (task.text.startsWith('wait')) await new Promise<void>((resolve) => (release = resolve));
    return { text: `You said: ${task.text}` };
  },
};

beforeEach(async () => {
  meter = new WorkMeter();
  work = new WorkInHand(meter);
  gate = new Gate();
  drain = new Drain({ work, gate, inFlight: () => meter.inFlight, graceMs: 50 });
  work.onChange = () => drain.look();
  folder = newFolder();
  memory = await openWorkMemory(folder);
  tasks = [];
  secret = 'secret';
  release = () => {};
  server = await A2aServer.listen({
    agent,
    name: 'Echo',
    description: agent.description,
    version: '1',
    meter,
    work,
    gate,
    memory,
    log: () => {},
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    allowedTargets: readAllowedTargets(''),
    signals: { workspaceId: 'ws-1', inboundSecret: () => secret, drain, preview: async () => ({ schema: 1 }) },
    identity: () => ({ instance: 'mark', boot_id: 'b', pid: 1 }),
  });
});
afterEach(async () => {
  release();
  await server.close();
});

const message = (text: string, more: object = {}) => ({
  message: { kind: 'message', role: 'user', messageId: crypto.randomUUID(), parts: [{ kind: 'text', text }], ...more },
});
const modern = (text: string) => ({ message: { role: 'ROLE_USER', messageId: crypto.randomUUID(), parts: [{ text }] } });

test('the card is one that both versions can read, at both of its addresses', async () => {
  const card = (await send(`${server.url}/.well-known/agent-card.json`)).json;
  expect(card).toMatchObject({
    name: 'Echo',
    url: server.url,
    protocolVersion: '0.3.0',
    preferredTransport: 'JSONRPC',
    skills: [{ id: 'echo' }],
    capabilities: { streaming: true },
  });
  expect(card).toMatchObject({
    supportedInterfaces: [{ protocolVersion: '1.0', protocolBinding: 'JSONRPC', url: server.url }, { protocolVersion: '0.3' }],
  });
  expect((await send(`${server.url}/.well-known/agent.json`)).json).toEqual(card);
});

test('health says which process this is', async () => {
  expect(await send(`${server.url}/healthz`)).toMatchObject({
    status: 200,
    json: { status: 'ok', instance: 'mark', boot_id: 'b', pid: 1 },
  });
});

test('message/send of 0.3 waits for the answer', async () => {
  const { result } = await rpc(server.url, 'message/send', message('hello', { contextId: 'c1' }));
  expect(result).toMatchObject({
    kind: 'task',
    contextId: 'c1',
    status: { state: 'completed' },
    artifacts: [{ parts: [{ kind: 'text', text: 'You said: hello' }] }],
  });
  expect(tasks[0]).toMatchObject({ text: 'hello', contextId: 'c1', id: result['id'] });
});

test('SendMessage of 1.0 waits for the answer', async () => {
  const { result } = await rpc(server.url, 'SendMessage', modern('hello'), { 'a2a-version': '1.0' });
  expect(result).toMatchObject({
    task: { status: { state: 'TASK_STATE_COMPLETED' }, artifacts: [{ parts: [{ text: 'You said: hello' }] }] },
  });
});

test('what clients really send is understood: no envelope, no ids, parts by type', async () => {
  const answer = await send(server.url, {
    method: 'POST',
    body: JSON.stringify({ method: 'message/send', params: { message: { parts: [{ type: 'text', text: 'hello' }] } } }),
  });
  expect(answer.json).toMatchObject({ jsonrpc: '2.0', result: { artifacts: [{ parts: [{ text: 'You said: hello' }] }] } });
});

test('message/stream tells the whole way', async () => {
  const events = await stream(server.url, 'message/stream', message('hello'));
  expect(events.map((event) => [event['kind'], (event['status'] as { state?: string } | undefined)?.state])).toEqual([
    ['task', 'submitted'],
    ['status-update', 'working'],
    ['status-update', 'working'],
    ['artifact-update', undefined],
    ['status-update', 'completed'],
  ]);
  expect(events[2]).toMatchObject({ status: { message: { parts: [{ text: 'Reading hello' }] } } });
});

test('SendStreamingMessage tells the same in 1.0', async () => {
  const events = await stream(server.url, 'SendStreamingMessage', modern('hello'));
  expect(events.map((event) => Object.keys(event)[0])).toEqual(['task', 'statusUpdate', 'statusUpdate', 'artifactUpdate', 'statusUpdate']);
});

test('a task that is not waited for can be asked for', async () => {
  const { result } = await rpc(server.url, 'message/send', { ...message('wait'), configuration: { blocking: false } });
  expect(['submitted', 'working']).toContain((result['status'] as { state: string }).state);
  expect(meter.activeTasks).toBe(1);
  release();
  await vi.waitFor(async () =>
    expect((await rpc(server.url, 'tasks/get', { id: result['id'] })).result).toMatchObject({ status: { state: 'completed' } }),
  );
  expect((await rpc(server.url, 'GetTask', { id: result['id'] })).result).toMatchObject({ status: { state: 'TASK_STATE_COMPLETED' } });
  expect(meter.activeTasks).toBe(0);
});

test('cancelling ends the task and its signal, also when the agent does not heed it, and counts as no failure', async () => {
  const { result } = await rpc(server.url, 'message/send', { ...message('wait'), configuration: { blocking: false } });
  await vi.waitFor(() => expect(tasks).toHaveLength(1));
  expect((await rpc(server.url, 'tasks/cancel', { id: result['id'] })).result).toMatchObject({ status: { state: 'canceled' } });
  expect(tasks[0]?.signal.aborted).toBe(true);
  expect([meter.activeTasks, meter.take()]).toEqual([0, { requests: 0, failed: 0 }]);
  expect((await rpc(server.url, 'tasks/cancel', { id: 'unknown' })).error?.message).toContain('not found');
});

test('a failed task says why and is counted', async () => {
  const { result } = await rpc(server.url, 'message/send', message('fail'));
  expect(result).toMatchObject({ status: { state: 'failed', message: { parts: [{ text: 'it went wrong on purpose' }] } } });
  expect([meter.take(), meter.lastError]).toEqual([{ requests: 1, failed: 1 }, 'it went wrong on purpose']);
  await expect(askAgent({ url: server.url, from: 'me', messageId: randomUUID(), text: 'fail', timeoutMs: 5000 })).rejects.toMatchObject({
    code: 'upstream_failed',
    message: 'it went wrong on purpose',
  });
});

test('our own client gets the text', async () => {
  expect(await askAgent({ url: server.url, from: 'me', messageId: randomUUID(), text: 'hello', timeoutMs: 5000 })).toBe('You said: hello');
});

test('our own client is told when the other one is being restarted, as it is when the other one cut its message off', async () => {
  const ask = (text: string) => askAgent({ url: server.url, from: 'me', messageId: randomUUID(), text, timeoutMs: 5000 });
  const cut = expect(ask('wait')).rejects.toMatchObject({ code: 'interrupted' });
  await vi.waitFor(() => expect(tasks).toHaveLength(1));
  drain.signal('run-1', 0);
  await cut;
  await expect(ask('hello')).rejects.toMatchObject({ code: 'draining' });
});

test('the task in hand is the current task', async () => {
  await rpc(server.url, 'message/send', { ...message('wait for me'), configuration: { blocking: false } });
  await vi.waitFor(() => expect(meter.currentTask).toBe('Reading wait for me'));
  release();
  await vi.waitFor(() => expect(meter.currentTask).toBe(''));
});

test.each([
  ['no JSON', '{', 400, -32602],
  ['no method', '{}', 400, -32602],
  [
    'a message without text',
    JSON.stringify({ method: 'message/send', params: { message: { parts: [{ kind: 'data', data: {} }] } } }),
    400,
    -32602,
  ],
  [
    'a message whose id no file name can hold',
    JSON.stringify({ method: 'message/send', params: message('x', { messageId: 'a\u0000b' }) }),
    400,
    -32602,
  ],
  [
    'a conversation whose id has no end',
    JSON.stringify({ method: 'message/send', params: message('x', { contextId: 'c'.repeat(257) }) }),
    400,
    -32602,
  ],
  ['an unknown method', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tasks/dance', params: {} }), 200, -32601],
])('%s is answered with an error in JSON', async (_name, body, status, code) => {
  const answer = await send(server.url, { method: 'POST', body });
  expect(answer).toMatchObject({ status, json: { jsonrpc: '2.0', error: { code, message: expect.any(String) } } });
});

test('unknown paths and methods are answered in JSON', async () => {
  expect(await send(`${server.url}/nowhere`)).toMatchObject({
    status: 404,
    json: { error: { message: expect.stringContaining('/nowhere') } },
  });
  expect(await send(server.url)).toMatchObject({ status: 405 });
});

test('a body of more than 1 MB is refused, announced or not; one of just under is not', async () => {
  const big = JSON.stringify({ method: 'message/send', params: message('x'.repeat(MAX_BODY_BYTES)) });
  expect(await send(server.url, { method: 'POST', body: big })).toMatchObject({ status: 413 });
  expect(await send(server.url, { method: 'POST', body: big, headers: { 'transfer-encoding': 'chunked' } })).toMatchObject({ status: 413 });
  const fits = JSON.stringify({ method: 'message/send', params: message('x'.repeat(MAX_BODY_BYTES - 1000)) });
  expect(await send(server.url, { method: 'POST', body: fits })).toMatchObject({ status: 200 });
});

test('a wrong bearer, a web page and a foreign Host are turned away', async () => {
  const body = JSON.stringify({ method: 'message/send', params: message('hello') });
  expect(await send(server.url, { method: 'POST', body, headers: { authorization: 'Bearer guess' } })).toMatchObject({ status: 401 });
  expect(await send(server.url, { method: 'POST', body, headers: { origin: 'http://evil.example' } })).toMatchObject({ status: 403 });
  expect(await send(server.url, { method: 'POST', body, headers: { host: 'evil.example' } })).toMatchObject({ status: 403 });
  expect(await send(server.url, { method: 'POST', body, headers: { authorization: 'Bearer secret', host: 'evil.example' } })).toMatchObject(
    { status: 200 },
  );
  expect(tasks).toHaveLength(1);
});

test('while it stops new messages are refused and those at work may finish', async () => {
  const waiting = rpc(server.url, 'message/send', message('wait'));
  await vi.waitFor(() => expect(tasks).toHaveLength(1));
  gate.closeToStop();
  expect(await rpc(server.url, 'message/send', message('late'))).toMatchObject({
    status: 503,
    error: { code: -32020, message: expect.stringContaining('stopping'), data: { code: 'draining' } },
  });
  release();
  expect((await waiting).result).toMatchObject({ status: { state: 'completed' } });
});

test('a reader that leaves a stream does not end the task, and its end is known', async () => {
  await leaveStream(server.url, 'message/stream', message('wait'), () => vi.waitFor(() => expect(tasks).toHaveLength(1)));
  release();
  await vi.waitFor(async () =>
    expect((await rpc(server.url, 'tasks/get', { id: tasks[0]?.id })).result).toMatchObject({ status: { state: 'completed' } }),
  );
  expect(meter.take()).toEqual({ requests: 1, failed: 0 });
});

test('a stream that is cut off ends in an error, and leaves no task at work', async () => {
  await expect(stream(server.url, 'message/stream', message('cut'))).resolves.toContain(undefined);
  expect((await rpc(server.url, 'tasks/get', { id: tasks[0]?.id })).result).toMatchObject({ status: { state: 'failed' } });
});

test.each([
  ['tasks/resubscribe', { id: 'unknown' }],
  ['SubscribeToTask', { id: 'unknown' }],
  ['message/stream', message('hello', { taskId: 'unknown' })],
])('a stream that cannot begin says why: %s', async (method, params) => {
  const { text } = await send(server.url, { method: 'POST', body: JSON.stringify({ id: 7, method, params }) });
  expect(JSON.parse(text.replace(/^data: /, ''))).toMatchObject({
    id: 7,
    error: { code: -32001, message: expect.stringContaining('unknown') },
  });
});

test('a further message to a task at work is refused, not mixed into it', async () => {
  const { result } = await rpc(server.url, 'message/send', { ...message('wait'), configuration: { blocking: false } });
  expect(await rpc(server.url, 'message/send', message('more', { taskId: result['id'] }))).toMatchObject({ status: 409 });
  release();
});

test('a message that is still at work is not given to the agent a second time', async () => {
  const again = message('wait', { messageId: 'm1' });
  const waiting = rpc(server.url, 'message/send', again);
  await vi.waitFor(() => expect(tasks).toHaveLength(1));
  expect(await rpc(server.url, 'message/send', again)).toMatchObject({ status: 409 });
  release();
  expect((await waiting).result).toMatchObject({ status: { state: 'completed' } });
  expect(tasks).toHaveLength(1);
});

test('a message that is done is answered as before, the failed and the cancelled one too, in both versions', async () => {
  const one = message('hello', { messageId: 'm1' });
  const { result } = await rpc(server.url, 'message/send', one);
  expect((await rpc(server.url, 'message/send', one)).result).toMatchObject({
    artifacts: result['artifacts'],
    status: { state: 'completed' },
  });
  const modernOne = { message: { role: 'ROLE_USER', messageId: 'm1', parts: [{ text: 'hello' }] } };
  expect((await rpc(server.url, 'SendMessage', modernOne)).result).toMatchObject({
    task: { status: { state: 'TASK_STATE_COMPLETED' }, artifacts: [{ parts: [{ text: 'You said: hello' }] }] },
  });
  const failing = message('fail', { messageId: 'm2' });
  await rpc(server.url, 'message/send', failing);
  expect((await rpc(server.url, 'message/send', failing)).result).toMatchObject({
    status: { state: 'failed', message: { parts: [{ text: 'it went wrong on purpose' }] } },
  });
  const long = message('wait', { messageId: 'm3' });
  const begun = await rpc(server.url, 'message/send', { ...long, configuration: { blocking: false } });
  await rpc(server.url, 'tasks/cancel', { id: begun.result['id'] });
  expect((await rpc(server.url, 'message/send', long)).result).toMatchObject({ status: { state: 'canceled' } });
  expect(tasks.map((task) => task.text)).toEqual(['hello', 'fail', 'wait']);
});

test('an answer goes out only when it is written down that its message is done', async () => {
  // A pipe without a reader keeps whoever opens it for writing waiting, as a slow disk would.
  const file = join(folder, 'completed-messages.jsonl');
  execFileSync('/usr/bin/mkfifo', [file]);
  let answered = false;
  const asked = rpc(server.url, 'message/send', message('hello', { messageId: 'm1' })).then(() => {
    answered = true;
  });
  await vi.waitFor(() => expect(tasks).toHaveLength(1));
  for (let round = 0; round < 20; round += 1) await send(`${server.url}/healthz`);
  expect(answered).toBe(false);
  expect(await readFile(file, 'utf8')).toContain('"id":"m1"');
  await asked;
});

test('an answer that cannot be written down goes out all the same, and the next beat says why', async () => {
  rmSync(folder, { recursive: true });
  expect((await rpc(server.url, 'message/send', message('hello'))).result).toMatchObject({ status: { state: 'completed' } });
  expect(meter.lastError).toContain('could not be written down');
});

test('a taken port is told in a sentence', async () => {
  const taken = {
    agent,
    name: 'x',
    description: '',
    version: '1',
    meter,
    work,
    gate,
    memory,
    log: () => {},
    host: '127.0.0.1',
    port: server.port,
    publicUrl: null,
    allowedTargets: readAllowedTargets(''),
    signals: { workspaceId: 'ws-1', inboundSecret: () => null, drain, preview: async () => ({}) },
    identity: () => ({}),
  };
  await expect(A2aServer.listen(taken)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('EADDRINUSE') });
});
