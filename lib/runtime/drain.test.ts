import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { AgentHost, AgentTask } from './agent.ts';
import { rpc, send } from './test-http.ts';
import { refusal } from './test-platform.ts';
import { testRuntimes } from './test-runtime.ts';

const TOKEN = `gh${'p_'}${'a1B2'.repeat(9)}`;
const open = testRuntimes();

/** Answers "wait" when released, "deaf" the same but never when told to end, all else at once. */
function patient() {
  const tasks: AgentTask[] = [];
  const releases: (() => void)[] = [];
  let host: AgentHost | undefined;
  const agent = {
    start: (given: AgentHost) => {
      host = given;
    },
    async handle(task: AgentTask) {
      tasks.push(task);
      if (!/^(wait|deaf)/.test(task.text)) return { text: `You said: ${task.text}` };
      await new Promise<void>((resolve, reject) => {
        releases.push(resolve);
        if (task.text.startsWith('wait')) task.signal.addEventListener('abort', () => reject(new Error('I was told to end')));
      });
      return { text: `You said: ${task.text}` };
    },
  };
  return {
    agent,
    tasks,
    release: () => {
      for (const release of releases.splice(0)) release();
    },
    host: () => vi.waitUntil(() => host),
  };
}

const SNAPSHOT = '.agent_snapshot.json';

test('nothing new is taken, in both versions, and what is at work finishes before it is drained', async () => {
  const { agent, tasks, release } = patient();
  const { runtime, platform, signal, say, folder } = await open(agent);
  const working = say('wait for it', 'm1');
  await vi.waitUntil(() => tasks.length === 1);
  expect((await signal('run-1', null)).json).toMatchObject({ result: { acknowledged: true, in_flight: [{ summary: 'wait for it' }] } });
  expect(await say('new', 'm2')).toMatchObject({ status: 503, error: { code: -32020, data: { code: 'draining' } } });
  const modern = { message: { role: 'ROLE_USER', messageId: 'm3', parts: [{ text: 'new' }] } };
  expect(await rpc(runtime.url, 'SendMessage', modern)).toMatchObject({ status: 503, error: { code: -32020, data: { code: 'draining' } } });
  const draining = await platform.beat((beat) => beat.drain !== undefined);
  expect(draining.drain).toMatchObject({ run_id: 'run-1', state: 'draining', in_flight: [{ summary: 'wait for it' }] });
  expect(existsSync(join(folder, SNAPSHOT))).toBe(false);
  release();
  expect((await working).result).toMatchObject({ status: { state: 'completed' } });
  const drained = await platform.beat((beat) => beat.drain?.state === 'drained');
  expect(drained).toMatchObject({ active_tasks: 0, drain: { run_id: 'run-1', in_flight: [] } });
  const sent = await platform.until(() => platform.snapshots[0]);
  expect(sent).toMatchObject({
    run_id: 'run-1',
    current_task: 'wait for it',
    active_tasks: 1,
    completed_message_ids: ['m1'],
    unfinished: [],
    transcript_lines: ['user: wait for it', 'agent: You said: wait for it'],
  });
  const { run_id: _run, ...snapshot } = sent;
  expect(JSON.parse(readFileSync(join(folder, SNAPSHOT), 'utf8'))).toEqual(snapshot);
  expect(platform.seen.findIndex((request) => request.path.endsWith('/snapshots'))).toBeGreaterThan(
    platform.seen.findIndex((request) => (request.body as { drain?: { state: string } } | null)?.drain?.state === 'drained'),
  );
  expect(tasks).toHaveLength(1);
});

test('a drain beats every second instead of every 30, until it is cancelled and everything is as before', async () => {
  const { agent } = patient();
  const { platform, signal, cancel, say } = await open(agent);
  await signal('run-1', 60);
  await platform.until(() => platform.beats.filter((beat) => beat.drain?.state === 'drained').length >= 4);
  expect((await cancel('run-1')).json).toMatchObject({ result: { reopened: true } });
  const before = platform.beats.length;
  expect((await platform.beat((beat) => beat.drain === undefined, before - 1)).drain).toBeUndefined();
  expect((await say('hello', 'm1')).result).toMatchObject({ status: { state: 'completed' } });
});

test('a message that was let in when the signal came is in flight: it is done before the drain is', async () => {
  const { agent, tasks } = patient();
  const { runtime, platform, signal, say } = await open(agent);
  const many = Array.from({ length: 20 }, (_unused, at) => say(`hello ${at}`, `m${at}`));
  const [acknowledged] = await Promise.all([signal('run-1', null), platform.beat((beat) => beat.drain?.state === 'drained')]);
  const seen = tasks.length;
  const answers = await Promise.all(many);
  expect(acknowledged.status).toBe(200);
  expect(answers.filter(({ error }) => error === undefined)).toHaveLength(seen);
  expect(answers.every(({ error }) => error === undefined || error.data?.code === 'draining')).toBe(true);
  expect((await send(`${runtime.url}/healthz`)).json).toMatchObject({ draining: true });
});

test('the deadline: the agent is told, after a grace it is cut off, and all of it is listed as unfinished', async () => {
  const { agent, tasks } = patient();
  const { platform, signal, say, preview } = await open(agent);
  const answers = [say('wait', 'm1'), say(`deaf ${TOKEN}`, 'm2')];
  await vi.waitUntil(() => tasks.length === 2);
  expect((await preview()).json).toMatchObject({ in_flight: [{ summary: 'wait' }, { summary: 'deaf [REDACTED:GITHUB_PAT]' }] });
  await signal('run-1', 0);
  for (const answer of answers) expect(await answer).toMatchObject({ status: 503, error: { code: -32021, data: { code: 'interrupted' } } });
  expect(tasks.every((task) => task.signal.aborted)).toBe(true);
  const sent = await platform.until(() => platform.snapshots[0]);
  expect(sent).toMatchObject({ completed_message_ids: [], active_tasks: 2, unfinished: [{ message_id: 'm1' }, { message_id: 'm2' }] });
  expect((await preview()).json).toMatchObject({ unfinished: [{ summary: 'wait' }, { summary: 'deaf [REDACTED:GITHUB_PAT]' }] });
});

test('a stream that is cut off ends in the error, not in a failed task', async () => {
  const { agent, tasks } = patient();
  const { runtime, signal } = await open(agent);
  const streaming = send(runtime.url, {
    method: 'POST',
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 9,
      method: 'message/stream',
      params: { message: { messageId: 'm1', parts: [{ text: 'wait' }] } },
    }),
  });
  await vi.waitUntil(() => tasks.length === 1);
  await signal('run-1', 0);
  const events = (await streaming).text.split('\n\n').filter((block) => block.startsWith('data: '));
  expect(JSON.parse(String(events.at(-1)).slice(6))).toMatchObject({ id: 9, error: { code: -32021, data: { code: 'interrupted' } } });
  expect(events.join('')).not.toContain('"failed"');
});

test('the same run again is the same drain; an earlier deadline counts, a later one does not', async () => {
  const { agent, tasks } = patient();
  const { platform, signal, say } = await open(agent);
  const working = say('wait', 'm1');
  await vi.waitUntil(() => tasks.length === 1);
  await signal('run-1', 3600);
  expect((await signal('run-1', null)).json).toMatchObject({ result: { in_flight: [{ summary: 'wait' }] } });
  expect(tasks[0]?.signal.aborted).toBe(false);
  await signal('run-1', 0);
  expect(await working).toMatchObject({ error: { data: { code: 'interrupted' } } });
  await platform.until(() => platform.snapshots[0]);
  expect((await signal('run-1', 3600)).json).toMatchObject({ result: { in_flight: [] } });
  await platform.beat((beat) => beat.drain?.state === 'drained', platform.beats.length);
  expect(platform.snapshots).toHaveLength(1);
});

test('another run takes the place of the first, and keeps what is unfinished', async () => {
  const { agent, tasks } = patient();
  const { platform, signal, cancel, say } = await open(agent);
  void say('wait', 'm1');
  await vi.waitUntil(() => tasks.length === 1);
  await signal('run-1', 0);
  await platform.until(() => platform.snapshots[0]);
  await signal('run-2', 60);
  expect((await cancel('run-1')).json).toMatchObject({ result: { reopened: false } });
  expect(await platform.until(() => platform.snapshots[1])).toMatchObject({ run_id: 'run-2', unfinished: [{ message_id: 'm1' }] });
  expect((await cancel('run-2')).json).toMatchObject({ result: { reopened: true } });
  const again = say('hello', 'm2');
  expect((await again).result).toMatchObject({ status: { state: 'completed' } });
});

test('work that the agent gives itself is in flight too, ends at the deadline, and begins anew only when open', async () => {
  const { agent, host } = patient();
  const { platform, signal, cancel } = await open(agent);
  const lent = await host();
  let told = false;
  const working = lent.work('Indexing', (asked) => new Promise(() => asked.addEventListener('abort', () => (told = true))));
  expect((await signal('run-1', 60)).json).toMatchObject({ result: { in_flight: [{ summary: 'Indexing' }] } });
  let begun = false;
  const next = lent.work('Next', async () => {
    begun = true;
  });
  await signal('run-1', 0);
  await expect(working).rejects.toMatchObject({ code: 'interrupted' });
  expect(told).toBe(true);
  expect(await platform.until(() => platform.snapshots[0])).toMatchObject({ unfinished: [{ message_id: null, summary: 'Indexing' }] });
  expect(begun).toBe(false);
  await cancel('run-1');
  await next;
  expect(begun).toBe(true);
});

test('what a task at work needs is not held up by the drain that waits for that task', async () => {
  const { agent, host } = patient();
  let go = () => {};
  const ready = new Promise<void>((resolve) => {
    go = resolve;
  });
  let atWork = false;
  const { signal, say, platform } = await open({
    ...agent,
    async handle() {
      atWork = true;
      await ready;
      return { text: await (await host()).work('A part of it', async () => 'done') };
    },
  });
  const working = say('hello', 'm1');
  await vi.waitUntil(() => atWork);
  await signal('run-1', null);
  go();
  expect((await working).result).toMatchObject({ status: { state: 'completed' } });
  await platform.beat((beat) => beat.drain?.state === 'drained');
});

test('a look at what would be kept writes nothing and waits for no agent that hangs, also during a drain', async () => {
  const { agent, tasks } = patient();
  const { platform, folder, signal, say, preview } = await open({ ...agent, preStopState: () => new Promise(() => {}) });
  void say(`wait with ${TOKEN}`, 'm1').catch(() => {});
  await vi.waitUntil(() => tasks.length === 1);
  for (const _round of [1, 2]) {
    const seen = await preview();
    expect(seen).toMatchObject({
      status: 200,
      json: {
        schema: 1,
        workspace_id: 'ws-1',
        active_tasks: 1,
        transcript_lines: ['user: wait with [REDACTED:GITHUB_PAT]'],
        problem: expect.stringContaining('took longer'),
      },
    });
    expect(readdirSync(folder)).not.toContain(SNAPSHOT);
    await signal('run-1', null);
  }
  expect(platform.snapshots).toEqual([]);
});

test('a secret is in no beat, no log line and no snapshot', async () => {
  const { agent, tasks, host } = patient();
  const { platform, signal, say, logged, preview } = await open({
    ...agent,
    async handle(task) {
      if (task.text.startsWith('fail')) throw new Error(`it failed with ${TOKEN}`);
      task.onProgress(`working with ${TOKEN}`);
      return await agent.handle(task);
    },
  });
  void say(`wait with ${TOKEN}`, 'm1');
  await vi.waitUntil(() => tasks.length === 1);
  await say('fail', 'm2');
  (await host()).log('warn', `seen ${TOKEN}`, { also: TOKEN });
  (await host()).setTask(`holding ${TOKEN}`);
  await signal('run-1', 0);
  await platform.until(() => platform.snapshots[0]);
  expect(JSON.stringify(platform.seen.map(({ body }) => body))).not.toContain('a1B2a1B2');
  expect(JSON.stringify(platform.seen.map(({ body }) => body))).toContain('it failed with [REDACTED:GITHUB_PAT]');
  expect(logged()).not.toContain('a1B2a1B2');
  expect(logged()).toContain('seen [REDACTED:GITHUB_PAT] also="[REDACTED:GITHUB_PAT]"');
  expect((await preview()).text).not.toContain('a1B2a1B2');
});

test('a snapshot that cannot be sent at once is sent again; one that is refused is told in the beats', async () => {
  const { agent } = patient();
  const { platform, signal } = await open(agent);
  let asked = 0;
  platform.onRequest = ({ path }) => {
    if (!path.endsWith('/snapshots')) return undefined;
    asked += 1;
    return asked === 1 ? refusal(503, 'unavailable') : refusal(400, 'bad_request', 'not like this');
  };
  await signal('run-1', 60);
  const told = await platform.beat((beat) => beat.sample_error?.includes('could not be sent') === true);
  expect([asked, told.sample_error]).toEqual([2, expect.stringContaining('not like this')]);
});

test('an older platform that takes no snapshots is told once in the log, and no more', async () => {
  const { agent } = patient();
  const { platform, signal, logged } = await open(agent);
  platform.onRequest = ({ path }) => (path.endsWith('/snapshots') ? refusal(404, 'not_found') : undefined);
  await signal('run-1', 60);
  await platform.until(() => platform.snapshots[0]);
  const beat = await platform.beat((seen) => seen.drain?.state === 'drained', platform.beats.length + 1);
  expect([beat.sample_error, platform.snapshots.length, logged().match(/stays on this machine/g)?.length]).toEqual(['', 1, 1]);
});

test('a stop sends its snapshot too, with what it ended', async () => {
  const { agent, tasks } = patient();
  const { platform, runtime, say } = await open(agent);
  const working = say('deaf', 'm1');
  await vi.waitUntil(() => tasks.length === 1);
  await runtime.stop();
  expect(await working).toMatchObject({ status: 503, error: { data: { code: 'interrupted' } } });
  expect(platform.snapshots).toMatchObject([{ current_task: 'deaf', unfinished: [{ message_id: 'm1' }] }]);
  expect(platform.snapshots[0]).not.toHaveProperty('run_id');
  expect(platform.seen.at(-1)?.path).toBe('/registry/heartbeat');
});

test('a message that comes again reaches the agent marked as such, unless it is done', async () => {
  const { agent, tasks } = patient();
  const { say } = await open(agent);
  await say('one', 'm1', { redelivered: true });
  await say('two', 'm2', { redelivered: 'yes' });
  await say('one', 'm1', { redelivered: true });
  expect(tasks.map(({ messageId, redelivered }) => [messageId, redelivered])).toEqual([
    ['m1', true],
    ['m2', false],
  ]);
});
