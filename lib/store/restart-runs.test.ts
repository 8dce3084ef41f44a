import { expect, test } from 'vitest';
import { aRun } from '#lib/domain/restart-run.fixture.ts';
import { inTransaction } from './in-transaction.ts';
import { insertRun, insertStamp, newestRun, openRuns, pruneRuns, runById, runsPage, stampsOf, updateRun } from './restart-runs.ts';
import type { Store } from './store.ts';
import { eachEngine } from './test-engines.ts';

type Some = Parameters<typeof aRun>[0];
const run = (id: string, requested_at: number, some: Some = {}) => aRun({ id, workspace_id: `w-${id}`, requested_at, ...some });
const ended = (id: string, requested_at: number, some: Some = {}) =>
  run(id, requested_at, { state: 'done', ended_at: requested_at + 5, ...some });

eachEngine('restart runs', (engine) => {
  test('come back as they were kept, and as they were changed', async () => {
    const { db } = await engine.open();
    const first = run('a', 1000, {
      reason: 'a "new" model\u2028',
      signal: { outcome: 'timed_out', detail: 'No answer', ms: 10_000 },
      in_flight: [{ id: 't', summary: 'x', started_at: 5 }],
      cancelled_by: { kind: 'operator', id: 'ada', name: 'Ada' },
      bulk_id: 'bulk',
      after: ['b'],
      self_starting: true,
      deadline_seconds: null,
    });
    await insertRun(db, first);
    expect(await runById(db, 'a')).toEqual(first);
    const last = {
      ...first,
      state: 'failed' as const,
      ended_at: 2000,
      rev: 9,
      failure: { step: 'started' as const, why: 'no', output: 'x' },
    };
    await updateRun(db, last);
    expect(await runById(db, 'a')).toEqual(last);
    expect(await runById(db, 'b')).toBeNull();
  });

  test('one of a workspace is open at a time, whoever begins it', async () => {
    const store = await engine.open();
    const begin = (id: string, some: Some = {}) =>
      inTransaction(store, (tx) => insertRun(tx, run(id, 1000, { workspace_id: 'w', ...some })));
    await begin('a');
    await expect(begin('b')).rejects.toMatchObject({ code: 'conflict' });
    await begin('elsewhere', { workspace_id: 'other' });
    await updateRun(store.db, run('a', 1000, { workspace_id: 'w', state: 'cancelled', ended_at: 2000 }));
    await begin('b');
    expect((await openRuns(store.db)).map(({ id }) => id)).toEqual(['b', 'elsewhere']);
  });

  test('that began at once in two processes are one', async () => {
    const place = await engine.place();
    const stores = [await engine.open(place), await engine.open(place)];
    const outcomes = await Promise.allSettled(
      stores.map((store, at) => inTransaction(store, (tx) => insertRun(tx, run(`r${at}`, 1000, { workspace_id: 'w' })))),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('keep their stamps in order, also of one moment, each run its own', async () => {
    const { db } = await engine.open();
    for (const step of ['requested', 'signalled', 'draining', 'drained'] as const) {
      await insertStamp(db, 'a', { step, at: 1000, detail: { step } });
      await insertStamp(db, 'b', { step, at: 1000, detail: {} });
    }
    await insertStamp(db, 'a', { step: 'started', at: 3000, detail: { attempt: 1 } });
    await insertStamp(db, 'a', { step: 'started', at: 2000, detail: { attempt: 2 } });
    const stamps = await stampsOf(db, 'a');
    expect(stamps.map(({ step, at }) => [step, at])).toEqual([
      ['requested', 1000],
      ['signalled', 1000],
      ['draining', 1000],
      ['drained', 1000],
      ['started', 3000],
      ['started', 2000],
    ]);
    expect(stamps[5]?.detail).toEqual({ attempt: 2 });
    expect(await stampsOf(db, 'b')).toHaveLength(4);
    expect(await stampsOf(db, 'c')).toEqual([]);
  });

  async function filled(): Promise<Store['db']> {
    const { db } = await engine.open();
    for (let at = 0; at < 7; at += 1) await insertRun(db, ended(`e${at}`, 1000 + Math.floor(at / 2), { workspace_id: 'w' }));
    await insertRun(db, run('open', 500, { workspace_id: 'w' }));
    await insertRun(db, run('other', 9000));
    return db;
  }

  test('are paged newest first, without a gap or a repetition also where many began at once', async () => {
    const db = await filled();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await runsPage(db, { workspaceId: 'w', limit: 3, cursor });
      expect(page.rows.length).toBeLessThanOrEqual(3);
      seen.push(...page.rows.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['e6', 'e5', 'e4', 'e3', 'e2', 'e1', 'e0', 'open']);
    expect((await runsPage(db, { workspaceId: 'w', limit: 8 })).next).toBeNull();
  });

  test('are found by workspace, and by whether they are under way', async () => {
    const db = await filled();
    const ids = async (page: { workspaceId?: string; active?: boolean }) =>
      (await runsPage(db, { ...page, limit: 50 })).rows.map(({ id }) => id);
    expect(await ids({})).toEqual(['other', 'e6', 'e5', 'e4', 'e3', 'e2', 'e1', 'e0', 'open']);
    expect(await ids({ active: true })).toEqual(['other', 'open']);
    expect((await ids({ active: false })).length).toBe(7);
    expect(await ids({ workspaceId: 'w', active: true })).toEqual(['open']);
    expect((await newestRun(db, 'w'))?.id).toBe('e6');
    expect((await newestRun(db, 'w', false))?.id).toBe('open');
    expect((await newestRun(db, 'w-other', true))?.id).toBeUndefined();
  });

  test.each(['', 'x', Buffer.from('1 a; drop').toString('base64url'), Buffer.from('a 1').toString('base64url')])(
    'a cursor that no page gave is refused: %j',
    async (cursor) => {
      const { db } = await engine.open();
      await expect(runsPage(db, { limit: 5, cursor })).rejects.toMatchObject({ code: 'bad_request' });
    },
  );

  test('are forgotten when they are old, but those under way and the newest of each workspace', async () => {
    const { db } = await engine.open();
    const all = [
      ended('old', 100, { workspace_id: 'w' }),
      ended('older', 50, { workspace_id: 'w' }),
      ended('new', 2000, { workspace_id: 'w' }),
      ended('last', 200, { workspace_id: 'quiet' }),
      ended('before', 200, { workspace_id: 'quiet', id: 'befor' }),
      run('under way', 10, { workspace_id: 'slow', id: 'under-way' }),
      ended('later', 20, { workspace_id: 'slow' }),
    ];
    for (const one of all) {
      await insertRun(db, one);
      await insertStamp(db, one.id, { step: 'requested', at: 1, detail: {} });
    }
    expect(await pruneRuns(db, 1000)).toBe(3);
    expect((await runsPage(db, { limit: 50 })).rows.map(({ id }) => id)).toEqual(['new', 'last', 'later', 'under-way']);
    expect([await stampsOf(db, 'old'), (await stampsOf(db, 'last')).length]).toEqual([[], 1]);
    expect(await pruneRuns(db, 1000)).toBe(0);
  });
});
