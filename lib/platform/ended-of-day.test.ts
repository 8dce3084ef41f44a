import { afterEach, beforeEach, expect, test } from 'vitest';
import { insertDelegation } from '#lib/store/delegations.ts';
import { aDelegation } from '#lib/store/test-rows.ts';
import { EndedOfDay } from './ended-of-day.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;

beforeEach(async () => {
  canvas = await new TestPlatform().open();
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

const store = (delegation_id: string, ended_at: number) =>
  insertDelegation(canvas.store.db, aDelegation({ delegation_id, status: 'failed', ended_at }));

test('what ended is counted once a minute, and what ends meanwhile is added', async () => {
  const ended = new EndedOfDay(() => canvas.deps);
  await store('d1', canvas.now - 86_400_000);
  await store('d2', canvas.now);
  expect(await ended.read()).toEqual({ completed: 0, failed: 2, expired: 0 });
  await store('d3', canvas.now);
  canvas.now += 59_999;
  expect(await ended.read()).toEqual({ completed: 0, failed: 2, expired: 0 });
  for (const state of ['expired', 'queued'] as const) ended.add(state);
  expect(await ended.read()).toEqual({ completed: 0, failed: 2, expired: 1 });
  canvas.now += 1;
  expect(await ended.read()).toEqual({ completed: 0, failed: 2, expired: 0 });
});

test('a count that failed is made anew', async () => {
  const ended = new EndedOfDay(() => canvas.deps);
  await canvas.store.db.schema.alterTable('delegations').renameTo('away').execute();
  await expect(ended.read()).rejects.toThrow();
  await canvas.store.db.schema.alterTable('away').renameTo('delegations').execute();
  await store('d1', canvas.now);
  expect(await ended.read()).toMatchObject({ failed: 1 });
});
