import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { insertTexts } from '#lib/store/delegation-texts.ts';
import { insertDelegation } from '#lib/store/delegations.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { aDelegation } from '#lib/store/test-rows.ts';
import { cleanUp, startHousekeeping } from './housekeeping.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;

beforeEach(async () => {
  canvas = await new TestPlatform().open();
});
afterEach(async () => {
  vi.useRealTimers();
  await canvas.close();
  canvas.removeFolder();
});

/** So many that ended long ago, with their texts. */
async function old(count: number): Promise<void> {
  await inTransaction(canvas.store, async (tx) => {
    for (let n = 0; n < count; n += 1) await insertDelegation(tx, aDelegation({ delegation_id: `d${n}`, status: 'failed', ended_at: 1 }));
    await insertTexts(tx, 'd1', { task: 'x', response: '' });
  });
}
const left = async () => [
  (await canvas.store.db.selectFrom('delegations').select('id').execute()).length,
  (await canvas.store.db.selectFrom('delegation_texts').selectAll().execute()).length,
];

test('old delegations are removed in parts', async () => {
  await old(4500);
  const counts = new Set<number | undefined>();
  const oneAtATime: typeof canvas.deps.oneAtATime = async (work) => {
    const result = await canvas.deps.oneAtATime(work);
    counts.add((await left())[0]);
    return result;
  };
  expect(await cleanUp({ ...canvas.deps, oneAtATime })).toBe(4500);
  expect([...counts]).toEqual([4500, 2500, 500, 0]);
  expect(await left()).toEqual([0, 0]);
});

test('what cannot be removed is logged, and keeps nothing else', async () => {
  await old(3);
  await canvas.store.db.schema.alterTable('audit').renameTo('away').execute();
  expect(await cleanUp(canvas.deps)).toBe(3);
  expect(await left()).toEqual([0, 0]);
  expect(canvas.logged).toEqual(['warn old rows could not be removed']);
});

test('it begins some minutes after the start, and goes on every hour', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const stop = startHousekeeping(canvas.deps);
  await old(3);
  vi.advanceTimersByTime(5 * 60_000);
  await vi.waitFor(async () => expect(await left()).toEqual([0, 0]));
  await old(3);
  vi.advanceTimersByTime(60 * 60_000);
  await vi.waitFor(async () => expect(await left()).toEqual([0, 0]));
  stop();
});
