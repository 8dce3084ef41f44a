import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LOCAL_OPERATOR } from './actor.ts';
import { listInbox, readInbox } from './inbox-verbs.ts';
import { TELL_AGAIN_MS } from './incident-desk.ts';
import { IncidentWriter } from './incident-writer.ts';
import { notify } from './notify-verbs.ts';
import { patchPreferences } from './preference-verbs.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
let agent: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await canvas.workspace('Digger');
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

const says = (message: string) =>
  notify(canvas.deps, { kind: 'workspace', id: agent.id, name: 'Digger', token_id: 't' }, { id: agent.id, said: { message } });

test('what is refused is refused alone: what came together with it is written', async () => {
  const places = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`w${at}`, [0, 0] as [number, number]]));
  await patchPreferences(canvas.deps, LOCAL_OPERATOR, { map: places(10_000) });
  const [before, refused, after] = await Promise.allSettled([
    says('I found gold'),
    patchPreferences(canvas.deps, LOCAL_OPERATOR, { map: { more: [0, 0] } }),
    says('I found more'),
  ]);
  expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(refused).toMatchObject({ reason: { code: 'bad_request' } });
  expect((await listInbox(canvas.deps, LOCAL_OPERATOR, { view: 'all' })).items).toMatchObject([{ count: 2, detail: 'I found more' }]);
});

test('a store that is full is not asked again for each', async () => {
  await canvas.limitDisk(0);
  let asked = 0;
  const write = (text: string) =>
    canvas.deps.incidents.write(async ({ tx }) => {
      asked += 1;
      await tx
        .insertInto('meta')
        .values({ key: text, value: 'x'.repeat(1_000_000) })
        .execute();
    });
  const all = await Promise.allSettled([write('a'), write('b'), write('c')]);
  expect(all.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code)).toEqual(Array(3).fill('unavailable'));
  expect(asked).toBe(1);
});

describe('a writer', () => {
  /** Writes into the platform's store, and counts its batches; three were given to it together. */
  function aWriter(gatherMs: number) {
    let batches = 0;
    const { store, oneAtATime, now, log } = canvas.deps;
    const queue = async () => {
      batches += 1;
    };
    const writer = new IncidentWriter({ ...{ store, oneAtATime, now, log, queue, gatherMs }, publish: () => {} });
    const together = Array.from({ length: 3 }, () => writer.write(async () => {}));
    return { writer, batches: () => batches, together: Promise.all(together) };
  }
  const AGES = 600_000;

  test('waits for those who were answered together, since they come back one by one', async () => {
    const { writer, batches, together } = aWriter(AGES);
    await together;
    expect(batches()).toBe(1);
    const back: Promise<void>[] = [];
    for (let one = 0; one < 3; one += 1) {
      back.push(writer.write(async () => {}));
      await turn();
      await turn();
    }
    await Promise.all(back);
    expect(batches()).toBe(2);
  });

  test('waits a moment for those who do not come, and then for nobody', async () => {
    const { writer, batches, together } = aWriter(1);
    await together;
    await writer.write(async () => {});
    await writer.write(async () => {});
    expect(batches()).toBe(3);
  });

  test('that is closed waits for nobody', async () => {
    const { writer, together } = aWriter(AGES);
    await together;
    const last = writer.write(async () => {});
    await turn();
    await turn();
    await writer.close();
    await last;
  });
});

test('the last of a row of repeats is told when its time has come by the platform’s clock', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await says('one');
    await says('two');
    const changes = async () => {
      await canvas.deps.incidents.write(async () => {});
      const rows = await canvas.store.db
        .selectFrom('ledger')
        .select('data')
        .where('type', '=', 'incident.changed')
        .orderBy('seq')
        .execute();
      return rows.map(({ data }) => (JSON.parse(data) as { change: string; count: number }).change);
    };
    vi.advanceTimersByTime(2 * TELL_AGAIN_MS);
    expect(await changes()).toEqual(['opened']);
    canvas.now += TELL_AGAIN_MS;
    vi.advanceTimersByTime(TELL_AGAIN_MS);
    expect(await changes()).toEqual(['opened', 'again']);
  } finally {
    vi.useRealTimers();
  }
});

test('a flood does not outrun the clock: whoever reads everything has read it', async () => {
  await Promise.all(Array.from({ length: 200 }, (_, at) => says(`message ${at}`)));
  const { ids, counts } = await readInbox(canvas.deps, LOCAL_OPERATOR, { all: true });
  expect([ids.length, counts.unread]).toEqual([1, 0]);
});
