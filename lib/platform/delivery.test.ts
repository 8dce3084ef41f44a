import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { QueuedMessageDetail } from '#lib/contract/messages.ts';
import { newestEvents } from '#lib/store/ledger.ts';
import type { MessageReply } from './a2a-answer.ts';
import { type Actor, LOCAL_OPERATOR } from './actor.ts';
import { sendMessage } from './message-verbs.ts';
import { dropQueued, getQueued, listQueue, retryQueued } from './queue-verbs.ts';
import { completed, heldReply, type Reply, refused, TestA2aAgent } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';
import { deleteWorkspace } from './workspace-verbs.ts';

let canvas: TestPlatform;
let agent: TestA2aAgent;
let atlas: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new TestA2aAgent().open();
  atlas = await canvas.workspace('Atlas');
  await agent.serve(canvas, atlas, 'Atlas');
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
  canvas.removeFolder();
});

const body = (text: string, messageId?: string) => ({
  jsonrpc: '2.0',
  id: 7,
  method: 'message/send',
  params: { message: { ...(messageId ? { messageId } : {}), role: 'user', parts: [{ kind: 'text', text }] } },
});

/** As the operator; `wait` seconds for the answer, null: as the platform thinks fit. */
function send(text: string, { messageId, wait = null }: { messageId?: string; wait?: number | null } = {}): Promise<MessageReply> {
  const input = { id: atlas.id, body: body(text, messageId), claimed_sender: null, wait_seconds: wait };
  return sendMessage(canvas.deps, LOCAL_OPERATOR, input);
}

async function queuedId(reply: Promise<MessageReply>): Promise<string> {
  const said = await reply;
  if (!('queued' in said)) throw new Error(`it was answered: ${JSON.stringify(said)}`);
  return said.queued.queue_id;
}

const look = (qid: string): Promise<QueuedMessageDetail> => getQueued(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, qid });
const until = (what: () => Promise<void>) => vi.waitFor(what, { timeout: 15_000, interval: 20 });
const untilState = (qid: string, state: string) => until(async () => expect((await look(qid)).state).toBe(state));
const queued = () => canvas.deps.fleet.get(atlas.id).queued;

test('a message to a workspace that is there is answered, under the id of its request, and nothing of it is kept but the answer', async () => {
  expect(await send('dig', { messageId: 'm1' })).toEqual({
    answer: expect.objectContaining({ id: 7, result: expect.objectContaining({ parts: [{ kind: 'text', text: 'did dig' }] }) }),
  });
  await until(async () => {
    const [row] = (await listQueue(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, state: 'all' })).items;
    expect(row).toMatchObject({
      state: 'answered',
      message_id: 'm1',
      summary: 'dig',
      attempts: 1,
      redelivered: false,
      sender_name: 'this machine',
    });
  });
  const stored = await canvas.store.db.selectFrom('messages').select('request').executeTakeFirstOrThrow();
  expect(stored.request).toBeNull();
  expect(agent.received[0]).toMatchObject({ messageId: 'm1', redelivered: false, sender: undefined });
  expect(agent.received[0]?.bearer).toBe(`Bearer ${canvas.deps.fleet.get(atlas.id).row.inbound_secret}`);
  expect(agent.received[0]?.request.params['configuration']).toEqual({ acceptedOutputModes: [], blocking: true });
});

test('a workspace that writes to itself is not kept waiting for long: its beats may stop meanwhile', async () => {
  const held = heldReply();
  agent.reply = () => held.reply;
  let others: MessageReply | undefined;
  const sent = send('from the operator').then((reply) => {
    others = reply;
  });
  const toItself = { id: atlas.id, body: body('from itself'), claimed_sender: atlas.id, wait_seconds: null };
  const itself: Actor = { kind: 'workspace', id: atlas.id, name: 'Atlas', token_id: 'test' };
  expect(await sendMessage(canvas.deps, itself, toItself)).toHaveProperty('queued');
  expect(others).toBeUndefined();
  held.give(completed('done'));
  await sent;
  expect(others).toHaveProperty('answer');
  expect(agent.received).toHaveLength(2);
}, 60_000);

describe('while a workspace is not there', () => {
  test('its messages wait, are counted on its card, and go out when it comes back', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged', sample_error: 'stuck' });
    const first = await queuedId(send('one'));
    const second = await send('two');
    expect(second).toEqual({ queued: { queued: true, queue_id: expect.any(String), queue_depth: 2 } });
    expect(await look(first)).toMatchObject({ state: 'waiting', why: 'Its agent says that it is stuck', answer: null });
    expect(queued()).toBe(2);
    await canvas.beat(atlas);
    await untilState(first, 'answered');
    await untilState('queued' in second ? second.queued.queue_id : '', 'answered');
    expect(agent.texts).toEqual(['one', 'two']);
    expect(queued()).toBe(0);
  });

  test('says why each waits now: not what held it before, but its sender’s other that goes first', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged' });
    const first = await queuedId(send('one'));
    const second = await queuedId(send('two'));
    const held = heldReply();
    agent.reply = () => held.reply;
    await canvas.beat(atlas);
    await untilState(first, 'delivering');
    expect(await look(first)).toMatchObject({ why: '' });
    expect(await look(second)).toMatchObject({ state: 'waiting', why: 'An earlier message of its sender goes first' });
    held.give(completed('done'));
    await untilState(first, 'answered');
  });

  test('who asked to wait gets the answer when it comes', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged' });
    const patient = send('one', { wait: 60 });
    await until(async () => expect(queued()).toBe(1));
    await canvas.beat(atlas);
    expect(await patient).toMatchObject({ answer: { id: 7 } });
  });

  test('who asked to wait goes when the time is over, and the message stays', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged' });
    await untilState(await queuedId(send('one', { wait: 0.05 })), 'waiting');
  });

  test('a message expires after 24 hours, with an event, and may be retried', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged' });
    const patient = send('one', { wait: 60 });
    await until(async () => expect(queued()).toBe(1));
    const qid = (await listQueue(canvas.deps, LOCAL_OPERATOR, { id: atlas.id })).items[0]?.queue_id ?? '';
    canvas.now += 24 * 3_600_000 - 1;
    canvas.deps.delivery.sweep();
    expect(queued()).toBe(1);
    canvas.now += 1;
    canvas.deps.delivery.sweep();
    expect(await patient).toMatchObject({ answer: { id: 7, error: { message: expect.stringContaining('expired') } } });
    expect(await look(qid)).toMatchObject({ state: 'expired' });
    const [event] = await newestEvents(canvas.store.db, { workspaceId: atlas.id, limit: 1 });
    expect(event).toMatchObject({ type: 'message.expired', data: { queue_id: qid } });
    await canvas.beat(atlas);
    await retryQueued(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, qid });
    await untilState(qid, 'answered');
    expect(agent.texts).toEqual(['one']);
  });

  test('removing it drops what waits', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged' });
    const patient = send('one', { wait: 60 });
    await until(async () => expect(queued()).toBe(1));
    await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
    expect(await patient).toMatchObject({ answer: { error: { message: 'The message was dropped: The workspace was removed' } } });
  });
});

describe('an attempt', () => {
  /** With this the next attempt waits for `recover`, not for its time. */
  const wedge = () => canvas.beat(atlas, { runtime_state: 'wedged' });
  const recover = () => canvas.beat(atlas);
  /** The first reply is `first`, every later one an answer. */
  const firstly = (first: Reply) => {
    let asked = 0;
    agent.reply = async ({ text }) => {
      asked += 1;
      if (asked > 1) return completed(`did ${text}`);
      await wedge();
      return first;
    };
  };

  test.each(['draining', 'overloaded', 'unavailable'])('that is refused as %s was not begun: it comes again unmarked', async (code) => {
    firstly(refused(503, code));
    const qid = await queuedId(send('one', { messageId: 'm1' }));
    expect(await look(qid)).toMatchObject({ state: 'waiting', attempts: 0, redelivered: false });
    await recover();
    await untilState(qid, 'answered');
    expect(agent.received.map(({ messageId, redelivered }) => [messageId, redelivered])).toEqual([
      ['m1', false],
      ['m1', false],
    ]);
  });

  test.each<[string, Reply]>([
    ['is interrupted', refused(503, 'interrupted', -32021)],
    ['loses its connection', 'hang up'],
    ['finds an earlier one still at work', refused(409, 'conflict', -32013)],
    ['gets no JSON', { status: 200, body: 'oops' }],
    ['gets a broken gateway', { status: 502, body: '<html>' }],
    ['gets JSON that is no JSON-RPC', { body: { hello: 1 } }],
  ])('that %s comes again with the same id, marked', async (_name, reply) => {
    firstly(reply);
    const qid = await queuedId(send('one', { messageId: 'm1' }));
    expect(await look(qid)).toMatchObject({ state: 'waiting', attempts: 1, redelivered: true });
    await recover();
    await untilState(qid, 'answered');
    expect(agent.received.map(({ messageId, redelivered }) => [messageId, redelivered])).toEqual([
      ['m1', false],
      ['m1', true],
    ]);
    expect(await look(qid)).toMatchObject({ attempts: 2, redelivered: true });
  });

  test('that finds nobody listening was not begun; the message goes out when somebody does', async () => {
    await agent.close();
    const qid = await queuedId(send('one'));
    const waits = { state: 'waiting', attempts: 0, redelivered: false, why: expect.stringContaining('ECONNREFUSED') };
    await until(async () => expect(await look(qid)).toMatchObject(waits));
    await agent.open();
    await untilState(qid, 'answered');
    expect(agent.received[0]?.redelivered).toBe(false);
  });

  test('whose message the agent refuses is answered with that refusal', async () => {
    firstly(refused(400, 'bad_request', -32602));
    expect(await send('one')).toMatchObject({ answer: { id: 7, error: { code: -32602 } } });
    expect(agent.received).toHaveLength(1);
  });

  test('that makes no sense five times fails, with an event; a person retries it, and the next of its sender did not wait for that', async () => {
    agent.reply = async ({ text }) => {
      if (text !== 'one') return completed(text);
      await wedge();
      return { status: 500, body: 'oops' };
    };
    const qid = await queuedId(send('one', { messageId: 'm1' }));
    const second = await queuedId(send('two'));
    for (let attempt = 2; attempt <= 5; attempt += 1) {
      await untilState(qid, 'waiting');
      await recover();
      await agent.has(attempt);
    }
    await untilState(qid, 'failed');
    await recover();
    await untilState(second, 'answered');
    expect(queued()).toBe(1);
    expect(await look(qid)).toMatchObject({ why: 'It answered 500 without JSON, 5 times', attempts: 5 });
    const events = await newestEvents(canvas.store.db, { workspaceId: atlas.id, limit: 20 });
    expect(events.filter(({ type }) => type === 'message.failed')).toHaveLength(1);
    let again = 0;
    agent.reply = () => {
      again += 1;
      return again === 1 ? { status: 500, body: 'oops' } : completed('at last');
    };
    expect(await retryQueued(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, qid })).toMatchObject({ queue_id: qid });
    await untilState(qid, 'answered');
    expect(agent.received.at(-1)).toMatchObject({ messageId: 'm1', redelivered: true });
    expect(queued()).toBe(0);
  });

  test('ends when the process is seen to have started anew: its message comes again, marked', async () => {
    const never = heldReply();
    let asked = 0;
    agent.reply = () => {
      asked += 1;
      return asked === 1 ? never.reply : completed('second');
    };
    const answer = send('one', { wait: 60 });
    await agent.has(1);
    await canvas.beat(atlas, { boot_id: 'boot-2' });
    expect(await answer).toMatchObject({ answer: { result: { parts: [{ text: 'second' }] } } });
    expect(agent.received.map(({ redelivered }) => redelivered)).toEqual([false, true]);
    never.give(completed('first'));
  });

  test('keeps the answer without the secrets in it; who waits for it gets it whole', async () => {
    const secret = `ghp_${'a1B2c3D4'.repeat(4)}zzzz`;
    agent.reply = () => completed(`the key is ${secret}`);
    const reply = await send('one', { messageId: 'm1' });
    expect(JSON.stringify(reply)).toContain(secret);
    const again = await send('one', { messageId: 'm1' });
    expect(JSON.stringify(again)).toContain('[REDACTED:GITHUB_PAT]');
    expect(JSON.stringify(await canvas.store.db.selectFrom('messages').selectAll().execute())).not.toContain(secret);
    expect(agent.received).toHaveLength(1);
  });
});

describe('a person', () => {
  test('drops what waits, with a reason that the one who waits is told; what is with the agent is not dropped', async () => {
    const held = heldReply();
    agent.reply = ({ text }) => (text === 'one' ? held.reply : completed(text));
    const first = send('one', { wait: 60 });
    await agent.has(1);
    const atWork = (await listQueue(canvas.deps, LOCAL_OPERATOR, { id: atlas.id })).items[0]?.queue_id ?? '';
    const drop = (qid: string) => dropQueued(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, qid, reason: 'no longer needed' });
    await expect(drop(atWork)).rejects.toMatchObject({ code: 'conflict' });
    const second = send('two', { wait: 60 });
    await until(async () => expect(queued()).toBe(1));
    const waiting = (await listQueue(canvas.deps, LOCAL_OPERATOR, { id: atlas.id })).items.find(({ state }) => state === 'waiting');
    await drop(waiting?.queue_id ?? '');
    expect(await second).toMatchObject({ answer: { error: { message: 'The message was dropped: no longer needed' } } });
    held.give(completed('one'));
    await first;
    await expect(drop(atWork)).rejects.toMatchObject({ code: 'conflict' });
    expect(agent.texts).toEqual(['one']);
    const audit = await canvas.store.db.selectFrom('audit').selectAll().where('verb', '=', 'dropQueued').execute();
    expect(audit).toHaveLength(1);
  });

  test('retries nothing that still waits', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged' });
    const qid = await queuedId(send('one'));
    await expect(retryQueued(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, qid })).rejects.toMatchObject({ code: 'conflict' });
  });
});
