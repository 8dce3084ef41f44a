import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DelegationState } from '#lib/contract/delegations.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { getDelegation } from './delegation-reads.ts';
import { delegate } from './delegation-verbs.ts';
import { completed, heldReply, TestA2aAgent } from './test-a2a-agent.ts';
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
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
  canvas.removeFolder();
});

const until = (what: () => void | Promise<void>) => vi.waitFor(what, { timeout: 15_000, interval: 10 });
const look = (did: string) => getDelegation(canvas.deps, LOCAL_OPERATOR, { did });
const untilState = (did: string, status: DelegationState) => until(async () => expect((await look(did)).status).toBe(status));
const give = (task: string, more: Partial<Parameters<typeof delegate>[2]> = {}) =>
  delegate(canvas.deps, LOCAL_OPERATOR, { id: scout.id, target_id: atlas.id, task, ...more });
/** Killed, and another one in its place. */
const another = async () => {
  await canvas.abandon();
  await canvas.open();
};

describe('a platform that is killed', () => {
  test('hands over what was kept and not handed over, and ends what became due meanwhile', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
    const kept = await give('kept');
    const due = await give('due', { expires_in_seconds: 10 });
    await untilState(due.delegation_id, 'queued');
    await canvas.store.db.deleteFrom('messages').where('delegation_id', '=', kept.delegation_id).execute();
    await canvas.store.db
      .updateTable('delegations')
      .set({ status: 'pending', queue_id: null })
      .where('id', '=', kept.delegation_id)
      .execute();
    canvas.now += 11_000;
    await another();
    await untilState(due.delegation_id, 'expired');
    await agent.serve(canvas, atlas, 'Atlas');
    await untilState(kept.delegation_id, 'completed');
    expect(agent.texts).toEqual(['kept']);
  });

  test('asks no agent for what became due meanwhile; an answer that came goes first', async () => {
    const held = heldReply();
    agent.reply = ({ text }) => (text === 'answered' ? completed('in time') : held.reply);
    const ids: string[] = [];
    for (const task of ['answered', 'at work', 'kept']) ids.push((await give(task, { expires_in_seconds: 10 })).delegation_id);
    const [answered = '', atWork = '', kept = ''] = ids;
    await untilState(answered, 'completed');
    for (const did of [atWork, kept]) await untilState(did, 'in_progress');
    await canvas.store.db.deleteFrom('messages').where('delegation_id', '=', kept).execute();
    const reset = { status: 'pending', ended_at: null, queue_id: null };
    await canvas.store.db.updateTable('delegations').set(reset).where('id', 'in', [answered, kept]).execute();
    canvas.now += 11_000;
    await another();
    expect(await Promise.all(ids.map(async (id) => (await look(id)).status))).toEqual(['completed', 'expired', 'expired']);
    agent.reply = ({ text }) => completed(text);
    await agent.serve(canvas, atlas, 'Atlas');
    await untilState((await give('after')).delegation_id, 'completed');
    expect([...agent.texts].sort()).toEqual(['after', 'answered', 'at work', 'kept']);
    held.give(completed('late'));
  });

  test('finds the answer that came, and nothing is asked twice', async () => {
    const { delegation_id } = await give('once');
    await untilState(delegation_id, 'completed');
    const reset = { status: 'in_progress', ended_at: null, response_preview: '' };
    await canvas.store.db.updateTable('delegations').set(reset).where('id', '=', delegation_id).execute();
    await another();
    await untilState(delegation_id, 'completed');
    expect(await look(delegation_id)).toMatchObject({ response: 'did once' });
    expect(agent.texts).toEqual(['once']);
  });

  test('gives up the message of one that has ended', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
    const { delegation_id } = await give('x');
    await untilState(delegation_id, 'queued');
    await canvas.store.db.updateTable('delegations').set({ status: 'failed', ended_at: 1 }).where('id', '=', delegation_id).execute();
    await another();
    expect(await canvas.store.db.selectFrom('messages').select('state').execute()).toEqual([{ state: 'dropped' }]);
    expect(canvas.deps.delivery.waiting(atlas.id)).toBe(0);
  });

  test('goes on with one that was with the agent', async () => {
    const held = heldReply();
    agent.reply = () => held.reply;
    const { delegation_id } = await give('x');
    await agent.has(1);
    await untilState(delegation_id, 'in_progress');
    await another();
    agent.reply = () => completed('again');
    await agent.serve(canvas, atlas, 'Atlas');
    await untilState(delegation_id, 'completed');
    expect(await look(delegation_id)).toMatchObject({ response: 'again', attempts: 2 });
    expect(agent.received.map(({ redelivered }) => redelivered)).toEqual([false, true]);
    held.give(completed('late'));
  });

  test('finds a large answer as it was: it ends as it would have without the kill', async () => {
    const text = `${'large '.repeat(300_000)}end`;
    agent.reply = () => completed(text);
    const { delegation_id } = await give('large');
    await untilState(delegation_id, 'completed');
    const shown = ({ response, response_cut, response_preview, error }: Awaited<ReturnType<typeof look>>) => ({
      ...{ response, response_cut, response_preview, error },
    });
    const before = shown(await look(delegation_id));
    const reset = { status: 'in_progress', ended_at: null, response_preview: '', response_cut: 0 };
    await canvas.store.db.updateTable('delegations').set(reset).where('id', '=', delegation_id).execute();
    await another();
    await untilState(delegation_id, 'completed');
    expect(shown(await look(delegation_id))).toEqual(before);
    expect(agent.received).toHaveLength(1);
  });

  test('ends one whose answer cannot be read, says why, and takes up the others', async () => {
    const held = heldReply();
    agent.reply = ({ text }) => (text === 'other' ? held.reply : completed('once'));
    const broken = await give('broken');
    const hostile = await give('hostile');
    const other = await give('other');
    const ended = [broken.delegation_id, hostile.delegation_id];
    for (const id of ended) await untilState(id, 'completed');
    await untilState(other.delegation_id, 'in_progress');
    await canvas.store.db.updateTable('delegations').set({ status: 'in_progress', ended_at: null }).where('id', 'in', ended).execute();
    const answer = (of: string, text: string) =>
      canvas.store.db.updateTable('messages').set({ answer: text }).where('delegation_id', '=', of).execute();
    await answer(broken.delegation_id, '{"result":');
    await answer(hostile.delegation_id, '{"result":{"kind":"task","status":{"state":{"toString":1,"valueOf":1}}}}');
    agent.reply = () => completed('again');
    await another();
    await untilState(broken.delegation_id, 'failed');
    expect(await look(broken.delegation_id)).toMatchObject({ error: expect.stringContaining('could not be read') });
    await untilState(hostile.delegation_id, 'failed');
    expect(canvas.logged).toContain('error a delegation could not be taken up');
    await agent.serve(canvas, atlas, 'Atlas');
    await untilState(other.delegation_id, 'completed');
    held.give(completed('late'));
  });
});

test('a message whose answer cannot be read ends its delegation, and says so', async () => {
  const held = heldReply();
  agent.reply = () => held.reply;
  const { delegation_id } = await give('x');
  await untilState(delegation_id, 'in_progress');
  const { queue_id } = await look(delegation_id);
  const answer = {
    get result(): never {
      throw new TypeError('no');
    },
  };
  canvas.deps.delivery.onMoved({
    ...{ queue_id: queue_id ?? '', workspace_id: atlas.id, message_id: '', delegation_id, state: 'answered' },
    ...{ held: null, why: '', attempts: 1 },
    answer,
  });
  await untilState(delegation_id, 'failed');
  expect(await look(delegation_id)).toMatchObject({ error: expect.stringContaining('could not be read') });
  held.give(completed('late'));
});
