import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DelegationState } from '#lib/contract/delegations.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { getDelegation } from './delegation-reads.ts';
import { cancelDelegation, delegate } from './delegation-verbs.ts';
import { getQueued } from './queue-verbs.ts';
import { completed, type Reply, refused, TestA2aAgent, taskIs } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
let agent: TestA2aAgent;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new TestA2aAgent().open();
  scout = await canvas.workspace('Scout');
  atlas = await canvas.workspace('Atlas');
  await agent.serve(canvas, atlas, 'Atlas');
  agent.reply = () => taskIs('working');
  agent.replyOfTask = () => taskIs('working');
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
  canvas.removeFolder();
});

const done = taskIs('completed', { artifacts: [{ artifactId: 'a', parts: [{ kind: 'text', text: 'done' }] }] });
const until = (what: () => void | Promise<void>) => vi.waitFor(what, { timeout: 15_000, interval: 10 });
const look = (did: string) => getDelegation(canvas.deps, LOCAL_OPERATOR, { did });
const untilState = (did: string, status: DelegationState) => until(async () => expect((await look(did)).status).toBe(status));
const give = async (task = 'dig') =>
  (await delegate(canvas.deps, LOCAL_OPERATOR, { id: scout.id, target_id: atlas.id, task })).delegation_id;
const untilAsked = (count: number) => until(() => expect(agent.asked.length).toBeGreaterThanOrEqual(count));
const taskOf = async (did: string) =>
  (await canvas.store.db.selectFrom('messages').select(['state', 'task_id']).where('delegation_id', '=', did).executeTakeFirstOrThrow())
    .task_id;
const another = async () => {
  await canvas.abandon();
  await canvas.open();
};
const error = (code: number): Reply => ({ body: { jsonrpc: '2.0', id: 1, error: { code, message: 'no' } } });

describe('a task that goes on after its message was answered', () => {
  test.each(['working', 'submitted'])('is asked for until it ends: %s', async (state) => {
    agent.reply = () => taskIs(state);
    const did = await give();
    await untilAsked(2);
    expect(await look(did)).toMatchObject({ status: 'in_progress', attempts: 1 });
    agent.replyOfTask = () => done;
    await untilState(did, 'completed');
    expect(await look(did)).toMatchObject({ response: 'done', attempts: 1 });
    expect(agent.received).toHaveLength(1);
    expect(new Set(agent.asked.map(({ method, id }) => `${method} ${id}`))).toEqual(new Set(['tasks/get task-1']));
  });

  test('is not stuck though its agent’s beats tell of no task', async () => {
    const did = await give();
    await untilAsked(1);
    canvas.now += 121_000;
    await canvas.beat(atlas, { boot_id: 'boot-1', active_tasks: 0 });
    expect(await look(did)).toMatchObject({ status: 'in_progress', stuck: null });
  });

  test('is followed on by the platform that comes after one that was killed: sent once, ended once', async () => {
    const did = await give();
    await until(async () => expect(await taskOf(did)).toBe('task-1'));
    await another();
    await agent.serve(canvas, atlas, 'Atlas');
    agent.replyOfTask = () => done;
    await untilState(did, 'completed');
    expect(agent.received).toHaveLength(1);
    const ends = await canvas.store.db.selectFrom('ledger').select('data').where('type', '=', 'delegation.changed').execute();
    expect(ends.filter(({ data }) => data.includes('"completed"'))).toHaveLength(1);
  });

  test('that is forgotten is begun anew, under the same id and marked', async () => {
    let looks = 0;
    agent.replyOfTask = () => {
      looks += 1;
      return looks === 1 ? taskIs('working') : error(-32001);
    };
    let sent = 0;
    agent.reply = () => {
      sent += 1;
      return sent === 1 ? taskIs('working') : completed('done at last');
    };
    const did = await give();
    await untilState(did, 'completed');
    expect(agent.received.map(({ messageId, redelivered }) => [messageId, redelivered])).toEqual([
      [`delegation-${did}`, false],
      [`delegation-${did}`, true],
    ]);
    expect(await taskOf(did)).toBeNull();
  });

  test('of an agent that keeps none ends as it was answered, and the work is done once', async () => {
    agent.replyOfTask = () => error(-32001);
    const did = await give();
    await untilState(did, 'failed');
    expect(agent.received).toHaveLength(1);
  });

  test('takes no place from other messages, however many there are', async () => {
    agent.reply = ({ text }) => (text === 'quick' ? completed('at once') : taskIs('working'));
    agent.replyOfTask = () => taskIs('working');
    for (let many = 0; many < 9; many += 1) await give(`long ${many}`);
    await until(() => expect(agent.received).toHaveLength(9));
    const quick = await give('quick');
    await untilState(quick, 'completed');
  });

  test('that needs more to go on ends, at both sides', async () => {
    agent.replyOfTask = ({ method }) => (method === 'tasks/get' ? taskIs('input-required') : taskIs('canceled'));
    const did = await give();
    await untilState(did, 'failed');
    expect((await look(did)).error).toContain('needs more to go on');
    await until(() => expect(agent.asked).toContainEqual({ method: 'tasks/cancel', id: 'task-1' }));
  });

  test.each([-32601, -32004])('of an agent that does not tell of its tasks ends as it was answered: %s', async (code) => {
    agent.replyOfTask = () => error(code);
    const did = await give();
    await untilState(did, 'failed');
    expect((await look(did)).error).toContain('answered before it was done');
    expect(agent.received).toHaveLength(1);
  });

  test.each<[string, Reply]>([
    ['a lost connection', 'hang up'],
    ['no JSON', { status: 502, body: 'oops' }],
    ['an error of another kind', refused(500, 'internal', -32603)],
    ['no task', { body: { jsonrpc: '2.0', id: 1, result: {} } }],
  ])('is asked for again after %s, and nothing is sent twice', async (_name, reply) => {
    agent.replyOfTask = () => (agent.asked.length === 1 ? reply : done);
    const did = await give();
    await untilState(did, 'completed');
    expect(agent.received).toHaveLength(1);
  });

  test('whose end is larger than an answer may be has ended, and its delegation says so', async () => {
    agent.replyOfTask = () => taskIs('completed', { artifacts: [{ parts: [{ kind: 'text', text: 'x'.repeat(11 * 1024 * 1024) }] }] });
    const did = await give();
    await untilState(did, 'failed');
    expect((await look(did)).error).toContain('could not be kept');
  });

  test('is told to end when the delegation is cancelled, also while nobody can be asked', async () => {
    const first = await give();
    await untilAsked(1);
    await cancelDelegation(canvas.deps, LOCAL_OPERATOR, { did: first });
    await until(() => expect(agent.asked).toContainEqual({ method: 'tasks/cancel', id: 'task-1' }));
    const second = await give();
    await until(async () => expect(await taskOf(second)).toBe('task-1'));
    await canvas.beat(atlas, { boot_id: 'boot-1', runtime_state: 'wedged' });
    await another();
    const { queue_id } = await look(second);
    expect(await getQueued(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, qid: queue_id ?? '' })).toMatchObject({ state: 'waiting' });
    agent.asked.length = 0;
    await cancelDelegation(canvas.deps, LOCAL_OPERATOR, { did: second });
    await until(() => expect(agent.asked).toContainEqual({ method: 'tasks/cancel', id: 'task-1' }));
    expect(agent.received).toHaveLength(2);
  });
});
