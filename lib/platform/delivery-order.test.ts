import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openStore } from '#lib/store/open-store.ts';
import type { MessageReply } from './a2a-answer.ts';
import { type Actor, LOCAL_OPERATOR } from './actor.ts';
import { sendMessage } from './message-verbs.ts';
import { getQueued, listQueue } from './queue-verbs.ts';
import { completed, heldReply, type Received, refused, TestA2aAgent } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';
import { createWorkspace } from './workspace-verbs.ts';

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

const operator = (id: string): Actor => ({ kind: 'operator', id, name: id });
const workspaceActor = (id: string, name: string): Actor => ({ kind: 'workspace', id, name, token_id: 't' });
const until = (what: () => void | Promise<void>) => vi.waitFor(what, { timeout: 15_000, interval: 20 });
const rows = async () => (await listQueue(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, state: 'all', limit: 500 })).items;

interface Sending {
  by?: Actor;
  messageId?: string;
  wait?: number | null;
  claimed?: string | null;
  id?: string;
}

function send(
  text: string,
  { by = LOCAL_OPERATOR, messageId, wait = null, claimed = null, id = atlas.id }: Sending = {},
): Promise<MessageReply> {
  const message = { ...(messageId ? { messageId } : {}), parts: [text] };
  const body = { method: 'message/send', params: { message } };
  return sendMessage(canvas.deps, by, { id, body, claimed_sender: claimed, wait_seconds: wait });
}

/** Replies that the test gives one by one, by the text of the message. */
function byHand(): (text: string) => Promise<void> {
  const held = new Map<string, ReturnType<typeof heldReply>>();
  const of = (text: string) => {
    const one = held.get(text) ?? heldReply();
    held.set(text, one);
    return one;
  };
  agent.reply = ({ text }: Received) => of(text).reply;
  return async (text) => {
    of(text).give(completed(text));
    await until(async () => expect((await rows()).find(({ summary }) => summary === text)?.state).toBe('answered'));
  };
}

test('messages of one sender go one after another, in their order; those of another do not wait for them', async () => {
  const answer = byHand();
  const all = [send('a1', { by: operator('ada') }), send('a2', { by: operator('ada') }), send('b1', { by: operator('bob') })];
  await agent.has(2);
  // They come on two connections: which is heard first is anybody's guess.
  expect(agent.texts.toSorted()).toEqual(['a1', 'b1']);
  await answer('b1');
  expect(agent.texts).toHaveLength(2);
  await answer('a1');
  await agent.has(3);
  expect(agent.texts[2]).toBe('a2');
  await answer('a2');
  await Promise.all(all);
});

test('a message that comes again goes before those that its sender sent after it', async () => {
  let asked = 0;
  agent.reply = ({ text }) => {
    asked += 1;
    return asked === 1 ? refused(503, 'interrupted') : completed(text);
  };
  await Promise.all([send('one'), send('two'), send('three')]);
  await until(async () => expect((await rows()).every(({ state }) => state === 'answered')).toBe(true));
  expect(agent.texts).toEqual(['one', 'one', 'two', 'three']);
});

test('at most eight are with one agent at once, and every sender gets its turn', async () => {
  const gates = Array.from({ length: 12 }, () => heldReply());
  agent.reply = ({ text }) => gates[Number(text)]?.reply ?? completed(text);
  const replies = gates.map((_gate, number) => send(String(number), { by: operator(`person ${number}`), wait: 60 }));
  await agent.has(8);
  await until(async () => expect(await rows()).toHaveLength(12));
  expect(canvas.deps.delivery.underWay(atlas.id)).toBe(8);
  expect(canvas.deps.fleet.get(atlas.id).queued).toBe(4);
  for (const [number, { give }] of gates.entries()) give(completed(String(number)));
  await Promise.all(replies);
  expect(agent.mostAtWork).toBe(8);
  expect(agent.received).toHaveLength(12);
});

test('the same message again is the same message: while it waits, while it is with the agent, and when it is answered', async () => {
  await canvas.beat(atlas, { runtime_state: 'wedged' });
  const [first, second] = await Promise.all([send('one', { messageId: 'm1' }), send('one', { messageId: 'm1' })]);
  expect(first).toEqual(second);
  const held = heldReply();
  agent.reply = () => held.reply;
  await canvas.beat(atlas);
  await agent.has(1);
  const joined = [send('one', { messageId: 'm1' }), send('one', { messageId: 'm1', wait: 60 })];
  await send('one', { messageId: 'm1', wait: 0 });
  held.give(completed('done once'));
  for (const reply of await Promise.all([...joined, send('one', { messageId: 'm1' })])) {
    expect(reply).toMatchObject({ answer: { result: { parts: [{ text: 'done once' }] } } });
  }
  expect(agent.received).toHaveLength(1);
  expect(await rows()).toHaveLength(1);
  // Another sender may use the same id.
  await send('one', { messageId: 'm1', by: operator('bob') });
  expect(agent.received).toHaveLength(2);
});

test('what was acknowledged outlives a kill of the platform: it comes with the same id, marked only when it may have been begun', async () => {
  const never = heldReply();
  agent.reply = () => never.reply;
  void send('begun', { messageId: 'm1', by: operator('ada') }).catch(() => {});
  await agent.has(1);
  const waiting = await send('behind it', { messageId: 'm2', by: operator('ada') });
  expect(waiting).toHaveProperty('queued');
  await canvas.abandon();
  agent.reply = ({ text }) => completed(text);
  await canvas.open();
  expect(canvas.deps.fleet.get(atlas.id).queued + canvas.deps.delivery.underWay(atlas.id)).toBeGreaterThan(0);
  await until(async () => expect((await rows()).map(({ state }) => state)).toEqual(['answered', 'answered']));
  expect(agent.received.map(({ messageId, redelivered }) => [messageId, redelivered])).toEqual([
    ['m1', false],
    ['m1', true],
    ['m2', false],
  ]);
  never.give(completed('too late'));
});

test('a message is in the store before the agent sees it', async () => {
  let seen: unknown;
  agent.reply = async ({ messageId }) => {
    const other = await openStore({ dataDir: canvas.folder });
    seen = await other.db.selectFrom('messages').select(['message_id', 'state']).executeTakeFirst();
    await other.close();
    return completed(messageId);
  };
  await send('one', { messageId: 'm1' });
  expect(seen).toEqual({ message_id: 'm1', state: 'delivering' });
});

test('a store that refuses makes the sender hear it, and nothing is sent', async () => {
  const letGo = canvas.lockStore();
  const refusal = send('one', { messageId: 'm1' });
  await expect(refusal).rejects.toMatchObject({ code: expect.stringMatching(/^(overloaded|unavailable)$/) });
  letGo();
  expect(agent.received).toHaveLength(0);
  expect(canvas.deps.fleet.get(atlas.id).queued).toBe(0);
  await send('one', { messageId: 'm1' });
  expect(agent.received).toHaveLength(1);
});

test('many messages at once share their commits', async () => {
  await canvas.beat(atlas, { runtime_state: 'wedged' });
  const transactions = vi.spyOn(canvas.store.db, 'transaction');
  await Promise.all(Array.from({ length: 300 }, (_, number) => send(String(number))));
  expect(await rows()).toHaveLength(300);
  expect(transactions.mock.calls.length).toBeLessThan(10);
});

test('a message held back by a run belongs to it, and the run tells how it went', async () => {
  canvas.deps.fleet.get(atlas.id).run = {
    id: 'run-1',
    kind: 'restart',
    state: 'draining',
    requested_at: 0,
    deadline_at: null,
    left: 0,
    rev: 1,
  };
  const reply = await send('one');
  if (!('queued' in reply)) throw new Error('it was delivered');
  expect(await getQueued(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, qid: reply.queued.queue_id })).toMatchObject({
    run_id: 'run-1',
    why: 'It is being restarted',
  });
  expect(await canvas.deps.delivery.ofRun('run-1')).toEqual({ waiting: 1, delivered: 0, failed: 0 });
  canvas.deps.fleet.get(atlas.id).run = null;
  canvas.deps.delivery.poke(atlas.id);
  await until(async () => expect(await canvas.deps.delivery.ofRun('run-1')).toEqual({ waiting: 0, delivered: 1, failed: 0 }));
});

test('a message to a paused workspace wakes it if its settings say so', async () => {
  const woken: string[] = [];
  canvas.deps.runs.wake = (id) => void woken.push(id);
  const live = canvas.deps.fleet.get(atlas.id);
  live.facts = { ...live.facts, status: 'paused' };
  await send('one');
  expect(woken).toEqual([]);
  canvas.deps.fleet.replaceRow(atlas.id, { ...live.row, wake_on_message: true });
  await send('two');
  expect(woken).toEqual([atlas.id]);
});

test('who may send: oneself, relatives and operators, under no other name', async () => {
  const sibling = await canvas.workspace('Sibling');
  const cousin = await createWorkspace(canvas.deps, LOCAL_OPERATOR, { name: 'Cousin', parent_id: sibling.id });
  const asSibling = workspaceActor(sibling.id, 'Sibling');
  await send('from a sibling', { by: asSibling, claimed: sibling.id });
  await send('to itself', { by: workspaceActor(atlas.id, 'Atlas') });
  expect(agent.received.map(({ sender }) => sender)).toEqual([sibling.id, atlas.id]);
  await expect(send('x', { by: workspaceActor(cousin.id, 'Cousin') })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(send('x', { by: asSibling, claimed: atlas.id })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(send('x', { claimed: atlas.id })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(send('x', { by: { kind: 'anonymous', id: null, name: '' } })).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(send('x', { id: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
  const qid = (await rows()).find(({ summary }) => summary === 'to itself')?.queue_id ?? '';
  await expect(getQueued(canvas.deps, asSibling, { id: atlas.id, qid })).rejects.toMatchObject({ code: 'forbidden' });
  expect(await getQueued(canvas.deps, workspaceActor(atlas.id, 'Atlas'), { id: atlas.id, qid })).toMatchObject({ queue_id: qid });
});
