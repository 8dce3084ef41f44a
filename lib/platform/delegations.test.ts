import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DelegationState } from '#lib/contract/delegations.ts';
import { traceparentOf } from '#lib/contract/traces.ts';
import { newestEvents } from '#lib/store/ledger.ts';
import { type Actor, LOCAL_OPERATOR } from './actor.ts';
import { allDelegations, delegationEdges, getDelegation } from './delegation-reads.ts';
import { cancelDelegation, delegate, recordDelegation, retryDelegation } from './delegation-verbs.ts';
import { listDelegations } from './history-verbs.ts';
import { newPlace } from './new-place.ts';
import { completed, heldReply, refused, TestA2aAgent } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';
import { deleteWorkspace } from './workspace-verbs.ts';

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

const asScout = (): Actor => ({ kind: 'workspace', id: scout.id, name: 'Scout', token_id: 't' });
const asAtlas = (): Actor => ({ kind: 'workspace', id: atlas.id, name: 'Atlas', token_id: 't' });
const until = (what: () => void | Promise<void>) => vi.waitFor(what, { timeout: 15_000, interval: 10 });
const look = (did: string) => getDelegation(canvas.deps, LOCAL_OPERATOR, { did });
const untilState = (did: string, status: DelegationState) => until(async () => expect((await look(did)).status).toBe(status));
const give = (task: string, more: Partial<Parameters<typeof delegate>[2]> = {}) =>
  delegate(canvas.deps, asScout(), { id: scout.id, target_id: atlas.id, task, ...more });
const told = async () =>
  (await newestEvents(canvas.store.db, { workspaceId: scout.id, limit: 50 }))
    .filter(({ type }) => type === 'delegation.changed')
    .map(({ data }) => (data as { state: string }).state)
    .reverse();
describe('a delegation', () => {
  test('reaches the target under its own name, and its answer is kept', async () => {
    const answer = await give('count the lines');
    expect(answer).toEqual({ delegation_id: expect.any(String), status: 'delegated', target_id: atlas.id, trace_id: expect.any(String) });
    await untilState(answer.delegation_id, 'completed');
    expect(await look(answer.delegation_id)).toMatchObject({
      source_id: scout.id,
      source_name: 'Scout',
      target_name: 'Atlas',
      task: 'count the lines',
      summary: 'count the lines',
      response: 'did count the lines',
      response_preview: 'did count the lines',
      response_cut: false,
      error: '',
      attempts: 1,
      started_at: canvas.now,
      ended_at: canvas.now,
      expires_at: canvas.now + 6 * 3_600_000,
      cancelled: false,
      origin: 'platform',
      stuck: null,
      waits_for: '',
    });
    expect(agent.received).toMatchObject([
      { text: 'count the lines', messageId: `delegation-${answer.delegation_id}`, sender: scout.id, redelivered: false },
    ]);
    expect(await told()).toEqual(['pending', 'completed']);
    const { rows } = await listDelegations(canvas.deps, asScout(), { id: scout.id });
    expect(rows.map(({ delegation_id, status }) => [delegation_id, status])).toEqual([[answer.delegation_id, 'completed']]);
  });

  test('that its target cannot take waits as queued, and is told of once; it goes on when the target can', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
    const { delegation_id } = await give('later');
    await untilState(delegation_id, 'queued');
    expect(await look(delegation_id)).toMatchObject({
      ...{ started_at: null, stuck: null, waits_for: 'Atlas says that it is stuck', queue_id: expect.any(String) },
    });
    canvas.now += 121_000;
    expect((await look(delegation_id)).stuck).toEqual({
      why: 'It has waited for 2 min: Atlas says that it is stuck.',
      advice: ['open_target', 'cancel'],
    });
    expect((await allDelegations(canvas.deps, LOCAL_OPERATOR, { state: 'stuck' })).items.map((one) => one.delegation_id)).toEqual([
      delegation_id,
    ]);
    await canvas.beat(atlas, { boot_id: 'boot-1' });
    await untilState(delegation_id, 'completed');
    expect(await told()).toEqual(['pending', 'queued', 'completed']);
  });

  test.each([
    ['refuses it', refused(400, 'bad_request', -32602), 'Its agent did not take it: no: bad_request'],
    [
      'fails at it',
      { body: { jsonrpc: '2.0', id: 1, result: { kind: 'task', status: { state: 'failed', message: { parts: [{ text: 'no disk' }] } } } } },
      'Its agent failed at it: no disk',
    ],
  ])('whose agent %s has failed, and says why', async (_name, reply, error) => {
    agent.reply = () => reply;
    const { delegation_id } = await give('x');
    await untilState(delegation_id, 'failed');
    expect(await look(delegation_id)).toMatchObject({ error, cancelled: false, response: '' });
    expect(await told()).toEqual(['pending', 'failed']);
  });

  test('that nobody can read is failed after five attempts, and nobody may send it again', async () => {
    agent.reply = () => ({ status: 500, body: 'oops' });
    const { delegation_id } = await give('x');
    await until(async () => {
      const open = canvas.deps.delegations.find(delegation_id);
      if (open) canvas.deps.delegations.hurry(open);
      expect((await look(delegation_id)).status).toBe('failed');
    });
    expect(agent.received).toHaveLength(5);
    const row = await look(delegation_id);
    expect(row.error).toMatch(/^It could not be handed over: It answered 500 without JSON, 5 times\. /);
    const message = () =>
      canvas.store.db
        .selectFrom('messages')
        .select('state')
        .where('id', '=', row.queue_id ?? '')
        .executeTakeFirst();
    await until(async () => expect(await message()).toEqual({ state: 'dropped' }));
  });

  test('keeps no secret of its task once it has ended, and none of its result at all; the agent gets the task as it was', async () => {
    const secret = `ghp_${'a1B2c3D4'.repeat(4)}zzzz`;
    agent.reply = ({ text }) => completed(`used ${text}`);
    const { delegation_id } = await give(`clone with ${secret}`);
    await untilState(delegation_id, 'completed');
    expect(agent.texts).toEqual([`clone with ${secret}`]);
    expect(await look(delegation_id)).toMatchObject({
      task: 'clone with [REDACTED:GITHUB_PAT]',
      summary: 'clone with [REDACTED:GITHUB_PAT]',
      response: 'used clone with [REDACTED:GITHUB_PAT]',
    });
    const kept = await canvas.store.db.selectFrom('delegation_texts').selectAll().execute();
    expect(JSON.stringify(kept)).not.toContain(secret);
  });

  test('expires as a state of its own, and its late answer is not heard', async () => {
    const held = heldReply();
    agent.reply = () => held.reply;
    const { delegation_id } = await give('x', { expires_in_seconds: 60 });
    await agent.has(1);
    canvas.now += 60_000;
    canvas.deps.delegations.sweep();
    await untilState(delegation_id, 'expired');
    held.give(completed('too late'));
    await until(async () => {
      const messages = await canvas.store.db.selectFrom('messages').select(['state', 'request']).execute();
      expect(messages).toEqual([{ state: 'dropped', request: null }]);
    });
    expect(await look(delegation_id)).toMatchObject({
      status: 'expired',
      response: '',
      error: 'There was no answer within 1 min: the agent began and did not end.',
    });
    expect(await told()).toEqual(['pending', 'expired']);
  });

  test('belongs to the trace that it names, or to the one thing that its source works on', async () => {
    const place = newPlace();
    const named = await give('named', { traceparent: traceparentOf(place) });
    const header = await give('header', { traceparent_header: traceparentOf(place), traceparent: 'nonsense' });
    const root = await give('root');
    expect(await look(named.delegation_id)).toMatchObject({ trace_id: place.trace_id, parent_span_id: place.span_id });
    expect(await look(header.delegation_id)).toMatchObject({ trace_id: place.trace_id, parent_span_id: place.span_id });
    expect((await look(root.delegation_id)).parent_span_id).toBeNull();
    await untilState(root.delegation_id, 'completed');
    const { trace_id, span_id } = await look(root.delegation_id);
    const received = agent.received.find(({ text }) => text === 'root');
    expect(received?.traceparents).toEqual([traceparentOf({ trace_id, span_id }), traceparentOf({ trace_id, span_id })]);
  });
});

describe('who may', () => {
  test.each([
    ['itself', () => ({ target_id: scout.id }), 'bad_request'],
    ['nobody', () => ({ target_id: 'nobody' }), 'not_found'],
    ['with no task', () => ({ task: '  ' }), 'bad_request'],
    ['for another', () => ({ id: atlas.id, target_id: scout.id }), 'forbidden'],
  ])('delegate to %s: refused', async (_name, more, code) => {
    await expect(give('x', more())).rejects.toMatchObject({ code });
  });

  test('not to one outside of its hierarchy, nor to a removed one', async () => {
    const { createWorkspace } = await import('./workspace-verbs.ts');
    const nephew = await createWorkspace(canvas.deps, LOCAL_OPERATOR, { name: 'Nephew', parent_id: atlas.id });
    await expect(give('x', { target_id: nephew.id })).rejects.toMatchObject({ code: 'forbidden' });
    const recorded = recordDelegation(canvas.deps, asScout(), { id: scout.id, target_id: nephew.id, task: 'x' });
    await expect(recorded).rejects.toMatchObject({ code: 'forbidden' });
    await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: nephew.id });
    await expect(give('x', { target_id: nephew.id })).rejects.toMatchObject({ code: 'gone' });
  });

  test('see one: both ends and operators; for a third it is not there', async () => {
    const { delegation_id: did } = await give('x');
    await expect(getDelegation(canvas.deps, asAtlas(), { did })).resolves.toMatchObject({ task: 'x' });
    await expect(getDelegation(canvas.deps, asScout(), { did })).resolves.toMatchObject({ task: 'x' });
    const third: Actor = { kind: 'workspace', id: 'third', name: 'Third', token_id: 't' };
    await expect(getDelegation(canvas.deps, third, { did })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('an idempotency key', () => {
  test('is one delegation for 24 hours, however often and however close together it is sent', async () => {
    const all = await Promise.all([1, 2, 3].map(() => give('once', { idempotency_key: 'k' })));
    expect(new Set(all.map((one) => one.delegation_id)).size).toBe(1);
    expect(all.filter((one) => one.idempotent_hit === true)).toHaveLength(2);
    const did = all[0]?.delegation_id ?? '';
    await untilState(did, 'completed');
    expect(await give('once', { idempotency_key: 'k' })).toMatchObject({ delegation_id: did, idempotent_hit: true });
    expect(agent.texts).toEqual(['once']);
    canvas.now += 24 * 3_600_000 + 1;
    expect((await give('once', { idempotency_key: 'k' })).idempotent_hit).toBeUndefined();
  });

  test('with another task or target is a mistake, and said so', async () => {
    const { delegation_id } = await give('one', { idempotency_key: 'k' });
    const said = { code: 'conflict', details: { delegation_id } };
    await expect(give('two', { idempotency_key: 'k' })).rejects.toMatchObject({
      ...said,
      message: expect.stringContaining('another task'),
    });
    const other = await canvas.workspace('Other');
    await expect(give('one', { idempotency_key: 'k', target_id: other.id })).rejects.toMatchObject({
      ...said,
      message: expect.stringContaining('another target'),
    });
  });

  test('belongs to its source', async () => {
    const one = await give('one', { idempotency_key: 'k' });
    const two = await delegate(canvas.deps, asAtlas(), { id: atlas.id, target_id: scout.id, task: 'two', idempotency_key: 'k' });
    expect(two.delegation_id).not.toBe(one.delegation_id);
  });
});

describe('a person', () => {
  test('cancels what is with the agent, once', async () => {
    const held = heldReply();
    agent.reply = () => held.reply;
    const { delegation_id: did } = await give('x');
    await agent.has(1);
    expect(await cancelDelegation(canvas.deps, LOCAL_OPERATOR, { did, reason: 'not needed' })).toMatchObject({
      status: 'failed',
      cancelled: true,
      error: 'Cancelled by this machine: not needed.',
    });
    await expect(cancelDelegation(canvas.deps, LOCAL_OPERATOR, { did })).rejects.toMatchObject({ code: 'conflict' });
    await until(() => expect(canvas.deps.delivery.underWay(atlas.id)).toBe(0));
    held.give(completed('late'));
    const audit = await canvas.store.db.selectFrom('audit').select('verb').where('verb', '=', 'endDelegation').execute();
    expect(audit).toHaveLength(1);
    await expect(cancelDelegation(canvas.deps, asScout(), { did })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('asks again: a new one of the same cause', async () => {
    agent.reply = () => refused(400, 'bad_request', -32602);
    const place = newPlace();
    const { delegation_id: did } = await give('x', { traceparent: traceparentOf(place), expires_in_seconds: 100 });
    await untilState(did, 'failed');
    agent.reply = () => completed('now');
    const again = await retryDelegation(canvas.deps, LOCAL_OPERATOR, { did });
    expect(again).toMatchObject({ status: 'pending', trace_id: place.trace_id, parent_span_id: place.span_id, source_name: 'Scout' });
    expect(again.delegation_id).not.toBe(did);
    await untilState(again.delegation_id, 'completed');
    expect(await look(again.delegation_id)).toMatchObject({ response: 'now', task: 'x', expires_at: canvas.now + 100_000 });
    expect((await look(did)).status).toBe('failed');
  });

  test('has one that waits after a failure tried at once; one at work is left alone', async () => {
    // A pause that would outlast the test.
    agent.reply = () => refused(503, 'overloaded');
    const { delegation_id: did } = await give('x');
    for (let tries = 1; tries <= 4; tries += 1) {
      await agent.has(tries);
      await until(() => expect(canvas.deps.delivery.underWay(atlas.id)).toBe(0));
      await until(async () => expect((await retryDelegation(canvas.deps, LOCAL_OPERATOR, { did })).delegation_id).toBe(did));
    }
    const held = heldReply();
    agent.reply = () => held.reply;
    await until(async () => {
      canvas.deps.delivery.hurry((await look(did)).queue_id ?? '');
      expect(agent.atWork).toBe(1);
    });
    await until(() => expect(retryDelegation(canvas.deps, LOCAL_OPERATOR, { did })).rejects.toMatchObject({ code: 'conflict' }));
    held.give(completed('at last'));
    await untilState(did, 'completed');
  });

  test('removes either side: it ends, and says so', async () => {
    await canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
    const first = await give('x');
    await untilState(first.delegation_id, 'queued');
    await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
    await untilState(first.delegation_id, 'failed');
    expect(await look(first.delegation_id)).toMatchObject({
      error: 'The workspace that was asked was removed before it answered.',
      target_name: 'Atlas',
    });
    const back = await canvas.workspace('Back');
    const second = await give('y', { target_id: back.id });
    await untilState(second.delegation_id, 'queued');
    await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: scout.id });
    await untilState(second.delegation_id, 'failed');
    expect((await look(second.delegation_id)).error).toBe('The workspace that asked was removed.');
    await until(() => expect(canvas.deps.delivery.waiting(back.id)).toBe(0));
  });

  test('sees who asked whom, how many there are, and finds them', async () => {
    expect((await allDelegations(canvas.deps, LOCAL_OPERATOR, {})).counts).toMatchObject({ completed: 0 });
    const { delegation_id } = await give('count 100% of it');
    await untilState(delegation_id, 'completed');
    expect((await delegationEdges(canvas.deps, LOCAL_OPERATOR, {})).items).toEqual([
      { source_id: scout.id, target_id: atlas.id, count: 1, open: 0, failed: 0, last_at: canvas.now },
    ]);
    const find = async (query: Parameters<typeof allDelegations>[2]) =>
      (await allDelegations(canvas.deps, LOCAL_OPERATOR, query)).items.length;
    expect(await find({ q: '100% OF' })).toBe(1);
    expect(await find({ q: '100_ of' })).toBe(0);
    expect(await find({ state: 'open' })).toBe(0);
    expect(await find({ state: 'ended', workspace: atlas.id, source: scout.id, target: atlas.id })).toBe(1);
    await expect(find({ state: 'lost' })).rejects.toMatchObject({ code: 'bad_request' });
    expect((await allDelegations(canvas.deps, LOCAL_OPERATOR, {})).counts).toMatchObject({ completed: 1, pending: 0, stuck: 0 });
  });
});
