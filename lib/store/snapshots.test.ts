import { expect, test } from 'vitest';
import { SNAPSHOTS_KEPT } from '#lib/contract/snapshots.ts';
import {
  insertSnapshot,
  latestSnapshot,
  removeSnapshotsOf,
  snapshotBefore,
  snapshotById,
  snapshotsInUse,
  snapshotsOf,
} from './snapshots.ts';
import { eachEngine } from './test-engines.ts';
import { aKeptSnapshot, aSnapshot } from './test-snapshots.ts';

eachEngine('snapshots', (engine) => {
  test('come back as they were kept, and lists leave the body out', async () => {
    const { db } = await engine.open();
    const hostile = aSnapshot({
      timestamp: 1234.6,
      boot_id: 'b\u0000',
      transcript_lines: ['\u0000 \ud800 "\'; drop table snapshots', '<script>'],
      adapter: { 'a.b': [1, null, { deep: true }] },
      redactions: { TOKEN: 2 },
    });
    const kept = aKeptSnapshot({ snapshot: hostile, run_id: 'run', origin: 'fetched' });
    await insertSnapshot(db, kept, []);
    const { snapshot, ...row } = kept;
    const asStored = { ...row, taken_at: 1235, boot_id: 'b\ufffd' };
    expect(await snapshotById(db, kept.id)).toEqual({ ...asStored, snapshot });
    expect(await snapshotsOf(db, 'w')).toEqual([asStored]);
    expect(await snapshotById(db, 'none')).toBeNull();
    expect(await snapshotsOf(db, 'other')).toEqual([]);
  });

  test('only the newest stay, with those that somebody needs', async () => {
    const { db } = await engine.open();
    const ids: string[] = [];
    const other = aKeptSnapshot({ workspace_id: 'v', received_at: 1 });
    await insertSnapshot(db, other, []);
    for (let at = 0; at < SNAPSHOTS_KEPT + 5; at += 1) {
      const kept = aKeptSnapshot({ received_at: 1000 + at });
      ids.push(kept.id);
      await insertSnapshot(db, kept, ids.slice(1, 3));
    }
    const left = (await snapshotsOf(db, 'w')).map((row) => row.id);
    expect(left).toEqual([...ids.slice(5).reverse(), ...ids.slice(1, 3).reverse()]);
    expect(await snapshotsOf(db, 'v')).toHaveLength(1);
    const late = aKeptSnapshot({ received_at: 1 });
    await insertSnapshot(db, late, []);
    expect((await snapshotsOf(db, 'w')).map((row) => row.id)).toEqual([...ids.slice(5).reverse(), late.id]);
  });

  test('the newest that fits is found, and the one before it', async () => {
    const { db } = await engine.open();
    const first = aKeptSnapshot({ received_at: 10, run_id: 'r1', boot_id: 'a' });
    const second = aKeptSnapshot({ received_at: 20, run_id: 'r2', boot_id: 'a' });
    const third = aKeptSnapshot({ received_at: 20, boot_id: 'b' });
    for (const kept of [first, second, third]) await insertSnapshot(db, kept, []);
    const newest = async (filter: Parameters<typeof latestSnapshot>[2]) => (await latestSnapshot(db, 'w', filter))?.id;
    expect(await newest({})).toBe(third.id);
    expect(await newest({ bootId: 'a' })).toBe(second.id);
    expect(await newest({ runId: 'r1' })).toBe(first.id);
    expect(await newest({ runId: 'r1', after: 11 })).toBeUndefined();
    expect(await newest({ after: 20, bootId: 'a' })).toBe(second.id);
    expect(await latestSnapshot(db, 'v')).toBeNull();
    expect((await snapshotBefore(db, third))?.id).toBe(second.id);
    expect((await snapshotBefore(db, second))?.id).toBe(first.id);
    expect(await snapshotBefore(db, first)).toBeNull();
  });

  test('go with their workspace', async () => {
    const { db } = await engine.open();
    await insertSnapshot(db, aKeptSnapshot(), []);
    await insertSnapshot(db, aKeptSnapshot({ workspace_id: 'v' }), []);
    await removeSnapshotsOf(db, 'w');
    expect(await snapshotsOf(db, 'w')).toEqual([]);
    expect(await snapshotsOf(db, 'v')).toHaveLength(1);
  });

  test('those of a run under way are in use, those of an ended one are not', async () => {
    const { db } = await engine.open();
    const run = (id: string, ended_at: number | null, body: Record<string, unknown>) =>
      db
        .insertInto('restart_runs')
        .values({
          id,
          workspace_id: 'w',
          kind: 'restart',
          state: 'requested',
          bulk_id: null,
          group_id: null,
          requested_at: 1,
          ended_at,
          rev: 1,
          body: JSON.stringify(body),
        })
        .execute();
    await run('ended', 5, { snapshot_id: 'old' });
    expect(await snapshotsInUse(db, 'w')).toEqual([]);
    await run('open', null, { snapshot_id: 'new', restore_snapshot_id: 'older' });
    expect(await snapshotsInUse(db, 'w')).toEqual(['new', 'older']);
    expect(await snapshotsInUse(db, 'v')).toEqual([]);
  });
});
