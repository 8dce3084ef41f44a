import { expect, test } from 'vitest';
import type { NewEvent } from '#lib/contract/events.ts';
import { inTransaction } from './in-transaction.ts';
import { appendEvents, eventsAfter, ledgerEpoch, newestEvents, newestSeq, oldestSeq, pruneLedger } from './ledger.ts';
import { eachEngine } from './test-engines.ts';
import { anEvent } from './test-rows.ts';

eachEngine('the ledger', (engine) => {
  test('numbers events one after another and gives them back as they were', async () => {
    const store = await engine.open();
    const event: NewEvent = {
      type: 'workspace.status',
      workspace_id: 'w',
      actor: { kind: 'operator', id: 'o', name: 'Zoë "quotes" \u0000' },
      at: 1_763_683_200_123,
      data: {
        from: 'online',
        to: 'degraded',
        cause: 'wedged',
        reason: 'stuck 🧨 \u0000',
        evidence: { rate: 0.5, nested: { list: [1, null, true] } },
      },
    };
    const placed = await inTransaction(store, (tx) => appendEvents(tx, [event, anEvent('b')]));
    expect(placed.map((one) => one.seq)).toEqual([1, 2]);
    expect(await eventsAfter(store.db, 0, 10)).toEqual([
      { ...event, seq: 1 },
      { ...anEvent('b'), seq: 2 },
    ]);
    expect(await appendEvents(store.db, [])).toEqual([]);
    expect(await newestSeq(store.db)).toBe(2);
  });

  test('places more events at once than one statement takes', async () => {
    const store = await engine.open();
    await inTransaction(store, (tx) =>
      appendEvents(
        tx,
        Array.from({ length: 450 }, (_, n) => anEvent(`e${n}`)),
      ),
    );
    expect((await eventsAfter(store.db, 0, 1000)).map((event) => event.seq)).toEqual(Array.from({ length: 450 }, (_, n) => n + 1));
  });

  test('reads after a position, the newest, and those of one workspace', async () => {
    const store = await engine.open();
    await inTransaction(store, (tx) => appendEvents(tx, [anEvent('1', 'a'), anEvent('2', 'b'), anEvent('3', 'a'), anEvent('4', null)]));
    expect((await eventsAfter(store.db, 1, 2)).map((event) => event.seq)).toEqual([2, 3]);
    expect((await newestEvents(store.db, { limit: 2 })).map((event) => event.seq)).toEqual([4, 3]);
    expect((await newestEvents(store.db, { workspaceId: 'a', limit: 10 })).map((event) => event.seq)).toEqual([3, 1]);
  });

  test('keeps its numbers when it is pruned', async () => {
    const store = await engine.open();
    expect(await oldestSeq(store.db)).toBeNull();
    expect(await newestSeq(store.db)).toBe(0);
    await inTransaction(store, (tx) => appendEvents(tx, [anEvent('1'), anEvent('2'), anEvent('3')]));
    expect(await pruneLedger(store.db, 3)).toBe(2);
    expect(await oldestSeq(store.db)).toBe(3);
    expect(await pruneLedger(store.db, 100)).toBe(1);
    expect(await oldestSeq(store.db)).toBeNull();
    const [next] = await inTransaction(store, (tx) => appendEvents(tx, [anEvent('4')]));
    expect(next?.seq).toBe(4);
  });

  test('takes its numbers back when the transaction fails', async () => {
    const store = await engine.open();
    const failing = inTransaction(store, async (tx) => {
      await appendEvents(tx, [anEvent('lost')]);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    const [kept] = await inTransaction(store, (tx) => appendEvents(tx, [anEvent('kept')]));
    expect(kept?.seq).toBe(1);
  });

  test('has one epoch for its whole life', async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const epoch = await ledgerEpoch(first.db);
    expect(epoch).toMatch(/^[0-9a-f-]{36}$/);
    expect(await ledgerEpoch((await engine.open(place)).db)).toBe(epoch);
    expect(await ledgerEpoch((await engine.open()).db)).not.toBe(epoch);
  });

  test('who sees a number has seen every number before it, under concurrent writers', async () => {
    const place = await engine.place();
    // Two SQLite handles in one process would each block the loop that the other one needs; six processes are in migrate.test.ts.
    const writers = await Promise.all(engine.name === 'sqlite' ? [engine.open(place)] : [engine.open(place), engine.open(place)]);
    const reader = await engine.open(place);
    const each = 40;
    let writing = true;
    const seen: number[] = [];
    const reading = (async () => {
      while (writing || seen.length < writers.length * each * 2) {
        const events = await eventsAfter(reader.db, seen.at(-1) ?? 0, 50);
        seen.push(...events.map((event) => event.seq));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await Promise.all(
      writers.flatMap((store) =>
        Array.from({ length: each }, (_, n) => inTransaction(store, (tx) => appendEvents(tx, [anEvent(`a${n}`), anEvent(`b${n}`)]))),
      ),
    );
    writing = false;
    await reading;
    expect(seen).toEqual(Array.from({ length: writers.length * each * 2 }, (_, n) => n + 1));
  });
});
