import { expect, test } from 'vitest';
import type { HistoryHour, HistoryMinute } from '#lib/contract/history.ts';
import { hoursOf, type MinutesRow, minutesOf, minutesOfAll, saveHours, saveMinutes } from './history.ts';
import { eachEngine } from './test-engines.ts';

const minute = (at: number, some: Partial<HistoryMinute> = {}): HistoryMinute => ({
  minute: at,
  letter: 'o',
  beats: 2,
  requests: 10,
  failed: 1,
  tasks: 3,
  ...some,
});
const hourRow = (workspace_id: string, hour: number, minutes = [minute(hour * 60)]): MinutesRow => ({ workspace_id, hour, minutes });
const rolled = (hour: number): HistoryHour => ({ hour, letters: { o: 59, w: 1 }, beats: 120, requests: 7, failed: 1, tasks: 4 });

async function gathered(chunks: AsyncGenerator<MinutesRow[]>): Promise<MinutesRow[]> {
  const rows: MinutesRow[] = [];
  for await (const chunk of chunks) rows.push(...chunk);
  return rows;
}

eachEngine('history', (engine) => {
  test('gives minutes back as they were, oldest first', async () => {
    const store = await engine.open();
    const minutes = [minute(6000), minute(6001, { letter: 'w', tasks: 0 }), minute(6059, { letter: '.', beats: 0 })];
    await saveMinutes(store.db, [hourRow('w', 101), hourRow('w', 100, minutes), hourRow('v', 100)]);
    expect(await minutesOf(store.db, 'w', 100)).toEqual([...minutes, minute(6060)]);
    expect(await minutesOf(store.db, 'w', 101)).toEqual([minute(6060)]);
    expect(await minutesOf(store.db, 'nobody', 0)).toEqual([]);
  });

  test('holds 24 hours of minutes and 90 days of hours of a workspace, however long it lives', async () => {
    const store = await engine.open();
    await saveMinutes(
      store.db,
      Array.from({ length: 100 }, (_, n) => hourRow('w', 1000 + n)),
    );
    expect((await minutesOf(store.db, 'w', 0)).map((one) => one.minute / 60)).toEqual(Array.from({ length: 24 }, (_, n) => 1076 + n));
    await saveHours(
      store.db,
      Array.from({ length: 2200 }, (_, n) => ({ workspace_id: 'w', summary: rolled(1000 + n) })),
    );
    const hours = await hoursOf(store.db, 'w', 0);
    expect(hours).toHaveLength(2160);
    expect(hours.at(-1)).toEqual(rolled(3199));
    expect((await hoursOf(store.db, 'w', 3190)).map((one) => one.hour)).toEqual([
      3190, 3191, 3192, 3193, 3194, 3195, 3196, 3197, 3198, 3199,
    ]);
  });

  test('replaces an hour by its newer state, and never a newer hour by an older one', async () => {
    const store = await engine.open();
    await saveMinutes(store.db, [hourRow('w', 100)]);
    await saveMinutes(store.db, [hourRow('w', 100), hourRow('w', 100, [minute(6000), minute(6001)])]);
    expect(await minutesOf(store.db, 'w', 0)).toHaveLength(2);
    await saveMinutes(store.db, [hourRow('w', 76)]);
    expect(await minutesOf(store.db, 'w', 0)).toHaveLength(2);
    await saveHours(store.db, [{ workspace_id: 'w', summary: rolled(5000) }]);
    await saveHours(store.db, [{ workspace_id: 'w', summary: rolled(5000 - 2160) }]);
    expect(await hoursOf(store.db, 'w', 0)).toEqual([rolled(5000)]);
  });

  test('reads the last hours of all, or of some, in chunks', async () => {
    const store = await engine.open();
    const ids = Array.from({ length: 700 }, (_, n) => `w${n}`);
    await saveMinutes(
      store.db,
      ids.flatMap((id) => [hourRow(id, 99), hourRow(id, 100), hourRow(id, 101)]),
    );
    const all = await gathered(minutesOfAll(store.db, 100));
    expect(all).toHaveLength(1400);
    expect(new Set(all.map((row) => `${row.workspace_id} ${row.hour}`)).size).toBe(1400);
    expect(all.map((row) => row.hour)).toEqual(all.map((row) => row.hour).sort());
    expect(all[0]).toEqual(hourRow(all[0]?.workspace_id ?? '', 100));
    const some = await gathered(minutesOfAll(store.db, 100, [...ids.slice(0, 600), 'nobody']));
    expect(some).toHaveLength(1200);
    expect(await gathered(minutesOfAll(store.db, 102))).toEqual([]);
    expect(await gathered(minutesOfAll(store.db, 0, []))).toEqual([]);
  });

  test('takes overlapping batches of several writers', async () => {
    const store = await engine.open();
    const rows = Array.from({ length: 200 }, (_, n) => hourRow(`w${n}`, 100));
    await Promise.all(Array.from({ length: 8 }, (_, turn) => saveMinutes(store.db, turn % 2 ? rows : [...rows].reverse())));
    expect(await gathered(minutesOfAll(store.db, 100))).toHaveLength(200);
  });
});
