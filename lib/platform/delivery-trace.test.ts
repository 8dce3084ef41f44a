import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { placeOf, traceparentOf } from '#lib/contract/traces.ts';
import { type Actor, LOCAL_OPERATOR } from './actor.ts';
import type { MovedMessage } from './delivery-box.ts';
import { sendMessage } from './message-verbs.ts';
import { newPlace } from './new-place.ts';
import { completed, heldReply, TestA2aAgent } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';
import { getTrace } from './trace-verbs.ts';

let canvas: TestPlatform;
let agent: TestA2aAgent;
let peer: TestA2aAgent;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new TestA2aAgent().open();
  peer = await new TestA2aAgent().open();
  atlas = await canvas.workspace('Atlas');
  scout = await canvas.workspace('Scout');
  await agent.serve(canvas, atlas, 'Atlas');
  await peer.serve(canvas, scout, 'Scout');
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
  await peer.close();
  canvas.removeFolder();
});

const asScout = (): Actor => ({ kind: 'workspace', id: scout.id, name: 'Scout', token_id: 't' });
const until = (what: () => void | Promise<void>) => vi.waitFor(what, { timeout: 15_000, interval: 20 });
const row = async (messageId: string) =>
  canvas.store.db.selectFrom('messages').selectAll().where('message_id', '=', messageId).executeTakeFirstOrThrow();

function send(
  messageId: string,
  { by = LOCAL_OPERATOR as Actor, to = atlas.id, metadata = {}, header = undefined as string | undefined } = {},
) {
  const body = { method: 'message/send', params: { message: { messageId, parts: [messageId], metadata } } };
  return sendMessage(canvas.deps, by, {
    id: to,
    body,
    claimed_sender: null,
    wait_seconds: null,
    ...(header === undefined ? {} : { traceparent: header }),
  });
}

test('a message without a trace begins one, and its agent is told its own place in it', async () => {
  await send('m1');
  const { trace_id, span_id, parent_span_id, branch } = await row('m1');
  expect([trace_id?.length, span_id?.length, parent_span_id, branch]).toEqual([32, 16, null, null]);
  const said = `00-${trace_id}-${span_id}-01`;
  expect(agent.received[0]?.traceparents).toEqual([said, said]);
});

test('what a long answer says of its task is in the trace', async () => {
  const long = 'word '.repeat(2000);
  const history = [{ role: 'user', parts: [{ kind: 'text', text: long }] }];
  const task = (state: string, text: string) => {
    const message = { role: 'agent', parts: [{ kind: 'text', text }] };
    return { body: { jsonrpc: '2.0', id: 1, result: { kind: 'task', id: 't', history, status: { state, message } } } };
  };
  agent.reply = ({ text }) => (text === 'm1' ? task('failed', 'no disk') : task('completed', `done ${long}`));
  for (const id of ['m1', 'm2']) {
    await send(id);
    await until(async () => expect((await row(id)).state).toBe('answered'));
  }
  const spanOf = async (id: string) => (await getTrace(canvas.deps, LOCAL_OPERATOR, { trace: (await row(id)).trace_id ?? '' })).spans[0];
  expect(await spanOf('m1')).toMatchObject({ ok: false, error: 'no disk', response_preview: '' });
  expect(await spanOf('m2')).toMatchObject({ ok: true, error: '', response_preview: `done ${long}`.slice(0, 500) });
});

test('a message that brings its place goes on with that trace, whoever told it: itself before the header', async () => {
  const [own, other] = [newPlace(), newPlace()];
  await send('m1', { metadata: { traceparent: traceparentOf(own), kept: 1 }, header: traceparentOf(other) });
  await send('m2', { header: traceparentOf(other) });
  expect(await row('m1')).toMatchObject({ trace_id: own.trace_id, parent_span_id: own.span_id, branch: own.span_id });
  expect(await row('m2')).toMatchObject({ trace_id: other.trace_id, parent_span_id: other.span_id });
  expect(placeOf(agent.received[0]?.traceparents[1])?.span_id).toBe((await row('m1')).span_id);
  expect(agent.received[0]?.request.params['message']).toMatchObject({ metadata: { kept: 1 } });
});

test('what a workspace sends while it works on one message belongs to that one; on two, nobody knows to which', async () => {
  const held = heldReply();
  peer.reply = () => held.reply;
  const first = send('to scout', { to: scout.id });
  await peer.has(1);
  await send('for the first', { by: asScout() });
  const cause = await row('to scout');
  expect(await row('for the first')).toMatchObject({ trace_id: cause.trace_id, parent_span_id: cause.span_id, branch: null });
  const second = send('also to scout', { to: scout.id, header: traceparentOf(newPlace()) });
  await peer.has(2);
  await send('for one of two', { by: asScout() });
  expect(await row('for one of two')).toMatchObject({ parent_span_id: null });
  held.give(completed('done'));
  await Promise.all([first, second]);
});

test('a question that comes back through a circle does not wait for itself', async () => {
  agent.reply = async ({ text, traceparents }) => {
    if (text !== 'task') return completed('the answer');
    await send('asked on', { to: scout.id, header: String(traceparents[0]) });
    return completed('done');
  };
  peer.reply = async ({ traceparents }) => {
    await send('asked back', { by: asScout(), metadata: { traceparent: traceparents[1] } });
    return completed('done');
  };
  // Scout itself sent the task: what comes back from it must not wait for the end of that.
  expect(await send('task', { by: asScout() })).toMatchObject({ answer: { result: {} } });
  expect(agent.texts).toEqual(['task', 'asked back']);
  expect(new Set(await Promise.all(['task', 'asked on', 'asked back'].map(async (id) => (await row(id)).trace_id))).size).toBe(1);
});

test('what is sent for one thing keeps its order, and the same message is one however it is sent', async () => {
  const held = heldReply();
  agent.reply = ({ text }) => (text === 'm1' ? held.reply : completed('ok'));
  const header = traceparentOf(newPlace());
  const all = [send('m1', { header }), send('m2', { header })];
  await agent.has(1);
  await send('m3', { header: traceparentOf(newPlace()) });
  expect(agent.texts).toEqual(['m1', 'm3']);
  const again = send('m1', { header: traceparentOf(newPlace()) });
  held.give(completed('once'));
  expect(await again).toMatchObject({ answer: { result: { parts: [{ text: 'once' }] } } });
  await Promise.all(all);
  await until(() => expect(agent.texts).toEqual(['m1', 'm3', 'm2']));
});

const delegated = (messageId: string) =>
  canvas.deps.delivery.accept({
    workspace_id: atlas.id,
    lane: `delegation/${messageId}`,
    message_id: messageId,
    sender_id: scout.id,
    sender_name: 'Scout',
    request: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'message/send', params: { message: { messageId, parts: [{ text: 'x' }] } } }),
    summary: 'x',
    delegation_id: 'd1',
  });

test('every change of a message that carries a delegation is told, once it is in the store', async () => {
  const heard: MovedMessage[] = [];
  canvas.deps.delivery.onMoved = (news) => void heard.push(news);
  await canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
  await send('not a delegation', { metadata: {} });
  await delegated('m1');
  await until(() => expect(heard.at(-1)).toMatchObject({ state: 'waiting', held: 'Its agent says that it is stuck', attempts: 0 }));
  await canvas.beat(atlas, { boot_id: 'boot-1' });
  await until(() => expect(heard.at(-1)?.state).toBe('answered'));
  expect(heard.slice(-2)).toMatchObject([
    { state: 'delivering', held: null, attempts: 1, delegation_id: 'd1', message_id: 'm1', workspace_id: atlas.id },
    { state: 'answered', answer: { result: {} } },
  ]);
  expect(heard.every((news) => news.delegation_id === 'd1')).toBe(true);
  expect((await row('m1')).state).toBe('answered');
});

test('one that is given up ends for good, also with the agent, and its late answer is not heard', async () => {
  const held = heldReply();
  agent.reply = () => held.reply;
  const heard: string[] = [];
  canvas.deps.delivery.onMoved = ({ state }) => void heard.push(state);
  const accepted = await delegated('m1');
  if (!('entry' in accepted)) throw new Error('it has ended');
  await agent.has(1);
  await canvas.deps.delivery.giveUp(accepted.entry.id, 'nobody needs it', LOCAL_OPERATOR);
  expect(await row('m1')).toMatchObject({ state: 'dropped', why: 'nobody needs it', request: null });
  held.give(completed('too late'));
  await send('another');
  expect((await row('m1')).state).toBe('dropped');
  expect(heard).toEqual(['delivering', 'dropped']);
  await canvas.deps.delivery.giveUp(accepted.entry.id, 'again', LOCAL_OPERATOR);
  expect((await row('m1')).why).toBe('nobody needs it');
  expect(canvas.deps.delivery.underWay(atlas.id)).toBe(0);
});
