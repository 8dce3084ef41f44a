import { once } from 'node:events';
import { expect, test } from 'vitest';
import { eventsAfter, ledgerEpoch, newestSeq } from './ledger.ts';
import { MIGRATIONS } from './migrations.ts';
import type { StoreOptions } from './open-store.ts';
import { startChild } from './test-children.ts';
import { eachEngine } from './test-engines.ts';

function start(job: 'write' | 'half', place: StoreOptions, count = 0) {
  return startChild(new URL('./test-process.ts', import.meta.url), [job, JSON.stringify(place), String(count)]);
}

eachEngine('several processes', (engine) => {
  test('six that start at once make one schema and one order', { timeout: 120_000 }, async () => {
    const place = await engine.place();
    const each = 20;
    const writers = Array.from({ length: 6 }, () => start('write', place, each));
    await Promise.all(writers.map(({ lines }) => once(lines, 'line')));
    for (const writer of writers) writer.go();
    const ends = await Promise.all(writers.map((writer) => writer.ended));
    expect(ends).toEqual(ends.map(() => expect.objectContaining({ code: 0, err: '' })));
    const store = await engine.open(place);
    const events = await eventsAfter(store.db, 0, 1000);
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 6 * each }, (_, n) => n + 1));
    const eventsOf = new Map<string, number>();
    for (const { data } of events) {
      const { name } = data as { name: string };
      eventsOf.set(name, (eventsOf.get(name) ?? 0) + 1);
    }
    expect([...eventsOf.values()]).toEqual(Array.from({ length: 6 }, () => each));
  });

  test('one that is killed half-way in a migration leaves nothing of it, and no lock', { timeout: 120_000 }, async () => {
    const place = await engine.place();
    const { child, lines, ended } = start('half', place);
    await once(lines, 'line');
    // This one begins while the other is in the middle: it has to wait for it, and then goes on without it.
    const opening = engine.open(place);
    await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
    await ended;
    const store = await opening;
    expect((await store.db.introspection.getTables()).map((table) => table.name)).not.toContain('half');
    await ledgerEpoch(store.db);
    const done = {
      name: '002-half',
      up: async (tx: Parameters<(typeof MIGRATIONS)[number]['up']>[0]) => tx.schema.createTable('half').addColumn('id', 'text').execute(),
    };
    const completed = await engine.open({ ...place, migrations: [...MIGRATIONS, done] });
    expect((await completed.db.introspection.getTables()).map((table) => table.name)).toContain('half');
  });

  test('one that is killed while it opens the first time leaves a store that opens', { timeout: 120_000 }, async () => {
    const place = await engine.place();
    const kills = Array.from({ length: 4 }, () => start('half', place));
    await Promise.race(kills.map(({ lines }) => once(lines, 'line')));
    for (const { child } of kills) child.kill('SIGKILL');
    await Promise.all(kills.map(({ ended }) => ended));
    expect(await newestSeq((await engine.open(place)).db)).toBe(0);
  });

  test('what one acknowledged before kill -9 is there afterwards', { timeout: 120_000 }, async () => {
    const place = await engine.place();
    for (const killAfter of [1, 23]) {
      const { child, go, lines, ended } = start('write', place, 100_000);
      const acknowledged: number[] = [];
      go();
      lines.on('line', (line) => {
        if (line !== 'ready') acknowledged.push(Number(line));
        if (acknowledged.length === killAfter) child.kill('SIGKILL');
      });
      await ended;
      const store = await engine.open(place);
      const kept = new Set((await eventsAfter(store.db, 0, 1_000_000)).map((event) => event.seq));
      expect(acknowledged.length).toBeGreaterThanOrEqual(killAfter);
      expect(acknowledged.filter((seq) => !kept.has(seq))).toEqual([]);
      expect(kept.size).toBe(await newestSeq(store.db));
    }
  });
});
