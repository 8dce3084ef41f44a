import { expect, test } from 'vitest';
import {
  bulkById,
  bulkCounts,
  bulkItemsOf,
  insertBulk,
  newestBulks,
  openBulks,
  pruneBulks,
  runOfBulkItem,
  type StoredBulk,
  type StoredBulkItem,
  shownBulkItems,
  skipPendingItems,
  updateBulk,
  updateBulkItem,
} from './bulk-restarts.ts';
import { eachEngine } from './test-engines.ts';

const bulk = (id: string, some: Partial<StoredBulk> = {}): StoredBulk => ({
  id,
  state: 'running',
  why: '',
  actor: { kind: 'operator', id: 'ada', name: 'Ada' },
  reason: null,
  requested_at: 1000,
  ended_at: null,
  concurrency: 3,
  busy: 'wait',
  stop_after_failures: 1,
  forgiven: 0,
  deadline_seconds: null,
  force: true,
  ...some,
});
const item = (position: number, some: Partial<StoredBulkItem> = {}): StoredBulkItem => ({
  position,
  workspace_id: `w${position}`,
  name: `agent ${position}`,
  state: 'pending',
  run_id: null,
  why: '',
  ended_at: null,
  ...some,
});
const run = (id: string, workspace_id: string, bulk_id: string | null) => ({
  id,
  workspace_id,
  kind: 'restart',
  state: 'draining',
  bulk_id,
  group_id: null,
  requested_at: 1,
  ended_at: null,
  rev: 1,
  body: '{}',
});

eachEngine('bulk restarts', (engine) => {
  test('come back with their items in order, as they were kept', async () => {
    const { db } = await engine.open();
    const items = Array.from({ length: 450 }, (_, position) => item(position));
    await insertBulk(db, bulk('a'), items);
    expect(await bulkById(db, 'a')).toEqual(bulk('a'));
    expect(await bulkItemsOf(db, 'a')).toEqual(items);
    expect(await bulkById(db, 'b')).toBeNull();
  });

  test('are open until they ended, and listed newest first', async () => {
    const { db } = await engine.open();
    await insertBulk(db, bulk('a'), [item(0)]);
    await insertBulk(db, bulk('b', { requested_at: 2000 }), [item(0)]);
    await updateBulk(db, bulk('a', { state: 'done', ended_at: 3000, why: 'x', forgiven: 2 }));
    expect((await openBulks(db)).map(({ id }) => id)).toEqual(['b']);
    expect(await newestBulks(db, 5)).toEqual([
      bulk('b', { requested_at: 2000 }),
      bulk('a', { state: 'done', ended_at: 3000, why: 'x', forgiven: 2 }),
    ]);
    expect(await newestBulks(db, 1)).toHaveLength(1);
  });

  test('count their items by state, each on its own', async () => {
    const { db } = await engine.open();
    await insertBulk(db, bulk('a'), [item(0, { state: 'done' }), item(1, { state: 'failed' }), item(2), item(3)]);
    await insertBulk(db, bulk('b'), [item(0)]);
    expect(await bulkCounts(db, ['a', 'b'])).toEqual(
      new Map([
        ['a', { pending: 2, running: 0, done: 1, failed: 1, cancelled: 0, skipped: 0 }],
        ['b', { pending: 1, running: 0, done: 0, failed: 0, cancelled: 0, skipped: 0 }],
      ]),
    );
    expect(await bulkCounts(db, [])).toEqual(new Map());
  });

  test('leave out what was not begun, and nothing else', async () => {
    const { db } = await engine.open();
    await insertBulk(db, bulk('a'), [item(0, { state: 'running' }), item(1), item(2, { state: 'done' })]);
    await insertBulk(db, bulk('b'), [item(0)]);
    await skipPendingItems(db, 'a', 'aborted by Ada', 5000);
    expect((await bulkItemsOf(db, 'a')).map(({ state, why }) => [state, why])).toEqual([
      ['running', ''],
      ['skipped', 'aborted by Ada'],
      ['done', ''],
    ]);
    expect((await bulkItemsOf(db, 'b'))[0]?.state).toBe('pending');
  });

  test('are removed with their items once they ended long ago', async () => {
    const { db } = await engine.open();
    await insertBulk(db, bulk('old', { ended_at: 10 }), [item(0)]);
    await insertBulk(db, bulk('late', { ended_at: 20 }), [item(0)]);
    await insertBulk(db, bulk('open'), [item(0)]);
    expect(await pruneBulks(db, 20)).toBe(1);
    expect((await newestBulks(db, 5)).map(({ id }) => id)).toEqual(['open', 'late']);
    expect(await Promise.all(['old', 'late', 'open'].map(async (id) => (await bulkItemsOf(db, id)).length))).toEqual([0, 1, 1]);
  });

  test('show where the run of each item is, also of one that somebody else began', async () => {
    const { db } = await engine.open();
    await insertBulk(db, bulk('a'), [item(0), item(1), item(2)]);
    await db
      .insertInto('restart_runs')
      .values([run('r0', 'w0', 'a'), run('r1', 'w1', null)])
      .execute();
    await updateBulkItem(db, 'a', item(0, { state: 'running', run_id: 'r0' }));
    await updateBulkItem(db, 'a', item(1, { state: 'running', run_id: 'r1' }));
    expect((await shownBulkItems(db, 'a')).map(({ run_id, run_state }) => [run_id, run_state])).toEqual([
      ['r0', 'draining'],
      ['r1', 'draining'],
      [null, null],
    ]);
    expect([await runOfBulkItem(db, 'a', 'w0'), await runOfBulkItem(db, 'a', 'w1'), await runOfBulkItem(db, 'b', 'w0')]).toEqual([
      'r0',
      null,
      null,
    ]);
  });
});
