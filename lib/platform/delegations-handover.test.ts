import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CanvasError } from '#lib/contract/errors.ts';
import { delegationById } from '#lib/store/delegations.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { getDelegation } from './delegation-reads.ts';
import { cancelDelegation, delegate } from './delegation-verbs.ts';
import { TestA2aAgent } from './test-a2a-agent.ts';
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
  vi.restoreAllMocks();
  await canvas.close();
  await agent.close();
  canvas.removeFolder();
});

const until = (what: () => void | Promise<void>) => vi.waitFor(what, { timeout: 15_000, interval: 10 });
const state = async (did: string) => (await delegationById(canvas.store.db, did))?.status;
const give = (task: string, more: Partial<Parameters<typeof delegate>[2]> = {}) =>
  delegate(canvas.deps, LOCAL_OPERATOR, { id: scout.id, target_id: atlas.id, task, ...more });

test('one whose queue does not take it is handed over again, also when its task cannot be read meanwhile', async () => {
  vi.spyOn(canvas.deps.delivery, 'accept').mockRejectedValueOnce(new Error('the store is away'));
  const { db } = canvas.store;
  const selectFrom = db.selectFrom.bind(db) as (table: string) => unknown;
  let refusals = 0;
  vi.spyOn(db, 'selectFrom').mockImplementation(((table: string) => {
    if (table !== 'delegation_texts' || refusals > 0) return selectFrom(table);
    refusals += 1;
    throw new Error('the store is still away');
  }) as never);
  const { delegation_id } = await give('in the end');
  await until(async () => expect(await state(delegation_id)).toBe('completed'));
  expect(refusals).toBe(1);
  expect(agent.texts).toEqual(['in the end']);
});

test('one whose message waited for too long is sent again, also when that fails at first', async () => {
  await canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
  const { delegation_id } = await give('patience', { expires_in_seconds: 7 * 86_400 });
  await until(async () => expect(await state(delegation_id)).toBe('queued'));
  const retry = vi.spyOn(canvas.deps.delivery, 'retry').mockRejectedValueOnce(new Error('the store is away'));
  canvas.now += 25 * 3_600_000;
  canvas.deps.delivery.sweep();
  await until(() => expect(retry).toHaveBeenCalledTimes(2));
  await agent.serve(canvas, atlas, 'Atlas');
  await until(async () => expect(await state(delegation_id)).toBe('completed'));
  expect(agent.texts).toEqual(['patience']);
});

test('one whose commit came through and whose answer was lost is taken up when its source asks again', async () => {
  loseAnswer();
  await expect(give('once', { idempotency_key: 'k' })).rejects.toThrow('connection was lost');
  expect(await give('once', { idempotency_key: 'k' })).toMatchObject({ idempotent_hit: true });
  await until(async () =>
    expect(await canvas.store.db.selectFrom('delegations').select('status').execute()).toEqual([{ status: 'completed' }]),
  );
  expect(agent.texts).toEqual(['once']);
});

test('one whose commit came through and whose answer was lost can be cancelled', async () => {
  loseAnswer();
  await expect(give('once')).rejects.toThrow('connection was lost');
  const { id: did } = await canvas.store.db.selectFrom('delegations').select('id').executeTakeFirstOrThrow();
  await canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
  expect(await cancelDelegation(canvas.deps, LOCAL_OPERATOR, { did })).toMatchObject({ status: 'failed', cancelled: true });
  expect(canvas.deps.delegations.open).toEqual([]);
});

test('one whose message is in the store, and whose queue heard that it is not, reaches the agent', async () => {
  await canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
  const accept = canvas.deps.delivery.accept.bind(canvas.deps.delivery);
  const asked = vi.spyOn(canvas.deps.delivery, 'accept').mockImplementationOnce((message) => {
    loseAnswer();
    return accept(message);
  });
  const { delegation_id } = await give('once');
  await until(async () => expect(await state(delegation_id)).toBe('queued'));
  expect(asked).toHaveBeenCalledTimes(2);
  expect(canvas.deps.fleet.get(atlas.id).queued).toBe(1);
  await canvas.beat(atlas, { boot_id: 'boot-1' });
  await until(async () => expect(await state(delegation_id)).toBe('completed'));
  expect(agent.texts).toEqual(['once']);
});

test('one for which the queue of its target has no room says so, and is stuck after two minutes', async () => {
  const accept = canvas.deps.delivery.accept.bind(canvas.deps.delivery);
  let isFull = true;
  vi.spyOn(canvas.deps.delivery, 'accept').mockImplementation((message) => {
    return isFull ? Promise.reject(new CanvasError('overloaded', 'full')) : accept(message);
  });
  const { delegation_id: did } = await give('x');
  const look = () => getDelegation(canvas.deps, LOCAL_OPERATOR, { did });
  await until(async () => expect(await look()).toMatchObject({ waits_for: 'The queue of Atlas is full', stuck: null }));
  canvas.now += 121_000;
  expect((await look()).stuck).toEqual({ why: 'It has waited for 2 min: the queue of Atlas is full.', advice: ['open_target', 'cancel'] });
  isFull = false;
  await until(async () => expect(await look()).toMatchObject({ status: 'completed', waits_for: '', stuck: null }));
});

/** What is written next is in the store, and who wrote it does not hear of it. */
function loseAnswer(): void {
  const { writer } = canvas.deps;
  const write = writer.write.bind(writer);
  vi.spyOn(writer, 'write').mockImplementationOnce(async (work, how) => {
    await write(work, how);
    throw new Error('the connection was lost');
  });
}
