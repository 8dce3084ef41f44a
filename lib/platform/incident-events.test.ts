import { afterEach, expect, test } from 'vitest';
import type { NewEvent } from '#lib/contract/events.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { listInbox } from './inbox-verbs.ts';
import { TestPlatform } from './test-platform.ts';

const open: TestPlatform[] = [];
afterEach(async () => {
  for (const canvas of open.splice(0)) {
    await canvas.close();
    canvas.removeFolder();
  }
});

/** With workspaces `Agent 0`, `Agent 1`…; answers their ids too. */
async function aCanvas(count: number): Promise<{ canvas: TestPlatform; ids: string[] }> {
  const canvas = await new TestPlatform().open();
  open.push(canvas);
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) ids.push((await canvas.workspace(`Agent ${at}`)).id);
  return { canvas, ids };
}

async function shownOpen(canvas: TestPlatform): Promise<string[]> {
  await canvas.deps.incidentWatch.settled();
  const { items } = await listInbox(canvas.deps, LOCAL_OPERATOR, { view: 'open' });
  return items.map(({ kind, count, title }) => `${title} (${kind} ×${count})`);
}

/** Puts events into the ledger as whoever they are from would; the platform hears of them when it is told. */
async function happen(canvas: TestPlatform, events: readonly NewEvent[]): Promise<void> {
  const { store, feed, oneAtATime } = canvas.deps;
  feed.publish(await oneAtATime(() => inTransaction(store, (tx) => appendEvents(tx, events))));
}

const AT = Date.UTC(2026, 0, 1, 12);
const ACTOR = { kind: 'platform', id: null, name: 'test' } as const;
const runEvent = (id: string, run_id: string, step: 'failed' | 'done'): NewEvent => ({
  ...{ workspace_id: id, actor: ACTOR, at: AT },
  ...{ type: 'restart.step', data: { run_id, kind: 'restart', step, says: 'It did not come back' } },
});
type MessageEvent = 'message.failed' | 'message.retried' | 'message.expired' | 'message.dropped';
function messageEvent(id: string, queue_id: string, type: MessageEvent): NewEvent {
  const data = { queue_id, sender_name: 'Ada', why: 'no answer' };
  return { workspace_id: id, actor: ACTOR, at: AT, type, data } as NewEvent;
}

test('messages that failed are one incident until each of them was retried or dropped', async () => {
  const { canvas, ids } = await aCanvas(1);
  const [id = ''] = ids;
  await happen(canvas, [messageEvent(id, 'a', 'message.failed'), messageEvent(id, 'b', 'message.failed'), runEvent(id, 'r', 'failed')]);
  expect(await shownOpen(canvas)).toEqual([
    'A restart of Agent 0 failed (restart_failed ×1)',
    'A message to Agent 0 could not be delivered (message_failed ×2)',
  ]);
  await happen(canvas, [messageEvent(id, 'a', 'message.retried'), runEvent(id, 'r2', 'done')]);
  expect(await shownOpen(canvas)).toEqual(['A message to Agent 0 could not be delivered (message_failed ×2)']);
  await happen(canvas, [messageEvent(id, 'b', 'message.dropped')]);
  expect(await shownOpen(canvas)).toEqual([]);
});

test('whatever happens, killed anywhere: the same incidents with the same counts as without, one open of a key, and none after recovery', async () => {
  const { canvas: whole, ids } = await aCanvas(2);
  const { canvas: killed, ids: idsOfKilled } = await aCanvas(2);
  const seeded = random(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(seeded() * from.length)] as T;
  const types = ['message.failed', 'message.retried', 'message.expired', 'message.dropped'] as const;
  for (let round = 0; round < 12; round += 1) {
    const steps = Array.from({ length: 1 + Math.floor(seeded() * 8) }, () => ({
      ...{ agent: pick([0, 1]), isRun: seeded() < 0.4, run: pick(['r1', 'r2', 'r3', 'r4']), step: pick(['failed', 'done'] as const) },
      ...{ queued: pick(['a', 'b', 'c']), type: pick(types) },
    }));
    const eventsOf = (of: readonly string[]) =>
      steps.map(({ agent, isRun, run, step, queued, type }) =>
        isRun ? runEvent(of[agent] ?? '', run, step) : messageEvent(of[agent] ?? '', queued, type),
      );
    await happen(whole, eventsOf(ids));
    await happen(killed, eventsOf(idsOfKilled));
    if (seeded() < 0.6) {
      await killed.abandon();
      await killed.open();
    }
  }
  const rows = async (canvas: TestPlatform) => {
    await canvas.deps.incidentWatch.settled();
    const all = await canvas.store.db
      .selectFrom('incidents')
      .select(['key', 'title', 'count', 'closed_at'])
      .orderBy('title')
      .orderBy('count')
      .execute();
    const open = all.filter(({ closed_at }) => closed_at === null);
    expect(new Set(open.map(({ key }) => key)).size).toBe(open.length);
    return all.map(({ title, count, closed_at }) => `${title} ×${count} ${closed_at === null}`);
  };
  const expected = await rows(whole);
  expect(expected.length).toBeGreaterThan(3);
  expect(await rows(killed)).toEqual(expected);
  for (const id of idsOfKilled) {
    await happen(killed, [runEvent(id, 'last', 'done'), ...['a', 'b', 'c'].map((queued) => messageEvent(id, queued, 'message.failed'))]);
    await happen(
      killed,
      ['a', 'b', 'c'].map((queued) => messageEvent(id, queued, 'message.retried')),
    );
  }
  expect(await shownOpen(killed)).toEqual([]);
});

/** Always the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
