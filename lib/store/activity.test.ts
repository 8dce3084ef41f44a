import { expect, test } from 'vitest';
import { type ActivityRow, activityQuerySchema } from '#lib/contract/activity.ts';
import type { DelegationRow } from '#lib/contract/delegations.ts';
import { activityOf, endActivity, insertActivity, pruneActivity } from './activity.ts';
import { delegationsOf } from './delegation-lists.ts';
import { insertDelegation } from './delegations.ts';
import { inTransaction } from './in-transaction.ts';
import { eachEngine } from './test-engines.ts';
import { aDelegation } from './test-rows.ts';

const NOW = 1_763_683_200_000;
const delegation = (some: Partial<DelegationRow>) =>
  aDelegation({ source_id: 'w', target_id: 'v', summary: 'count', created_at: NOW, ...some });
const entry = (some: Partial<ActivityRow>): ActivityRow => ({
  id: 'a',
  workspace_id: 'w',
  activity_type: 'a2a_receive',
  source_id: null,
  target_id: null,
  method: null,
  summary: '',
  request_body: null,
  response_body: null,
  status: 'ok',
  duration_ms: null,
  error_detail: null,
  created_at: NOW,
  trace_id: null,
  ...some,
});

eachEngine('delegations', (engine) => {
  test('are paged newest first without a gap or a repeat, also inside one millisecond', async () => {
    const store = await engine.open();
    for (let n = 0; n < 9; n += 1)
      await insertDelegation(store.db, delegation({ delegation_id: `d${n}`, created_at: NOW + Math.floor(n / 3) }));
    await insertDelegation(store.db, delegation({ delegation_id: 'foreign', source_id: 'v', target_id: 'w' }));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof delegationsOf>> = await delegationsOf(store.db, 'w', {
        limit: 2,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...page.rows.map((row) => row.delegation_id));
      cursor = page.next;
    } while (cursor);
    expect(seen).toEqual(['d8', 'd7', 'd6', 'd5', 'd4', 'd3', 'd2', 'd1', 'd0']);
    expect(await delegationsOf(store.db, 'w', { limit: 9 })).toMatchObject({ next: null });
  });

  test('come back as they were given, whatever text they carry', async () => {
    const store = await engine.open();
    const row = delegation({ summary: 'a\u0000b 😀', response_preview: '"\\', error: "';--", status: 'failed' });
    await insertDelegation(store.db, row);
    expect((await delegationsOf(store.db, 'w', { limit: 10 })).rows).toEqual([{ ...row, summary: 'a\ufffdb 😀' }]);
    expect((await delegationsOf(store.db, 'nobody', { limit: 10 })).rows).toEqual([]);
  });

  test('refuse a cursor that is none', async () => {
    const store = await engine.open();
    for (const cursor of ['x', '', Buffer.from('1 \u0000').toString('base64url')]) {
      await expect(delegationsOf(store.db, 'w', { limit: 1, cursor })).rejects.toMatchObject({ code: 'bad_request' });
    }
  });
});

eachEngine('activity', (engine) => {
  const filled = async () => {
    const store = await engine.open();
    await insertActivity(store.db, entry({ id: 'a1', created_at: NOW - 3000, source_id: 'v', activity_type: 'a2a_send' }), 'agent');
    await insertActivity(store.db, entry({ id: 'a2', created_at: NOW - 2000, target_id: 'v' }), 'canvas');
    await insertActivity(store.db, entry({ id: 'a3', created_at: NOW - 2000, source_id: 'u' }), 'agent');
    await insertActivity(store.db, entry({ id: 'a4', created_at: NOW - 1000 }), 'canvas');
    await insertActivity(store.db, entry({ id: 'b1', workspace_id: 'v' }), 'agent');
    return store;
  };
  const ask = async (query: Record<string, unknown>) => {
    const store = await filled();
    const rows = await activityOf(store.db, 'w', activityQuerySchema.parse(query), NOW);
    return rows?.map((row) => row.id) ?? null;
  };

  test('is newest first, and after a known row oldest first', async () => {
    expect(await ask({})).toEqual(['a4', 'a3', 'a2', 'a1']);
    expect(await ask({ limit: 2 })).toEqual(['a4', 'a3']);
    expect(await ask({ since_id: 'a1' })).toEqual(['a2', 'a3', 'a4']);
    expect(await ask({ since_id: 'a2', limit: 1 })).toEqual(['a3']);
    expect(await ask({ since_id: 'a4' })).toEqual([]);
  });

  test('says when nobody knows the row to go on from, also when it is of another workspace', async () => {
    expect(await ask({ since_id: 'gone' })).toBeNull();
    expect(await ask({ since_id: 'b1' })).toBeNull();
  });

  test('is filtered', async () => {
    expect(await ask({ type: 'a2a_send' })).toEqual(['a1']);
    expect(await ask({ source: 'canvas' })).toEqual(['a4', 'a2']);
    expect(await ask({ peer_id: 'v' })).toEqual(['a2', 'a1']);
    expect(await ask({ since_secs: 2 })).toEqual(['a4', 'a3', 'a2']);
    expect(await ask({ since_secs: 1.5 })).toEqual(['a4']);
    expect(await ask({ before_ts: NOW - 2000 })).toEqual(['a1']);
    expect(await ask({ before_ts: NOW - 999.5, source: 'agent', peer_id: 'u', type: 'a2a_receive' })).toEqual(['a3']);
  });

  test('goes on from a row, older or newer, also inside one millisecond', async () => {
    expect(await ask({ before_id: 'a4' })).toEqual(['a3', 'a2', 'a1']);
    expect(await ask({ before_id: 'a3', limit: 1 })).toEqual(['a2']);
    expect(await ask({ before_id: 'a1' })).toEqual([]);
    expect(await ask({ since_id: 'a1', before_id: 'a4' })).toEqual(['a2', 'a3']);
    expect(await ask({ before_id: 'b1' })).toBeNull();
  });

  test('what a workspace noted itself of answers: not what it was sent, nor what it sent', async () => {
    const store = await engine.open();
    const note = (id: string, some: Partial<ActivityRow>) => insertActivity(store.db, entry({ id, ...some }), 'agent');
    await note('noted', { source_id: 'w', target_id: 'v' });
    await note('inbound', { source_id: 'v', target_id: 'w' });
    await note('to itself', { source_id: 'w', target_id: 'w' });
    await note('from a person', { target_id: 'w' });
    await note('sent', { source_id: 'w', target_id: 'v', activity_type: 'a2a_send' });
    const rows = await activityOf(store.db, 'w', { ...activityQuerySchema.parse({ type: 'a2a_receive' }), noted: true }, NOW);
    expect(rows?.map(({ id }) => id)).toEqual(['noted']);
  });

  test('is searched for a text in any case, in all letters, over many rows and as it stands', async () => {
    const store = await engine.open();
    await inTransaction(store, async (tx) => {
      for (let n = 0; n < 2500; n += 1)
        await insertActivity(tx, entry({ id: `n${10_000 + n}`, created_at: NOW + n, summary: `row ${n}` }), 'agent');
      await insertActivity(tx, entry({ id: 'old', created_at: NOW - 1, summary: 'GRÖSSE 100%_' }), 'agent');
      await insertActivity(tx, entry({ id: 'error', created_at: NOW - 2, error_detail: 'größe' }), 'agent');
    });
    const found = async (q: string, more: Record<string, unknown> = {}) =>
      (await activityOf(store.db, 'w', activityQuerySchema.parse({ q, ...more }), NOW))?.map(({ id }) => id);
    expect(await found('grö')).toEqual(['old', 'error']);
    expect(await found('0%_')).toEqual(['old']);
    expect(await found('row 1', { limit: 2 })).toEqual(['n11999', 'n11998']);
    expect(await found('row 2499', { since_id: 'error' })).toEqual(['n12499']);
    expect(await found(' ')).toHaveLength(100);
  });

  test('is searched without a look at the bodies of what does not match', async () => {
    const store = await engine.open();
    await insertActivity(store.db, entry({ id: 'hit', summary: 'needle', request_body: { a: 1 } }), 'agent');
    await insertActivity(store.db, entry({ id: 'other', summary: 'hay' }), 'agent');
    await store.db.updateTable('activity').set({ request_body: 'not JSON' }).where('id', '=', 'other').execute();
    expect(await activityOf(store.db, 'w', activityQuerySchema.parse({ q: 'needle' }), NOW)).toMatchObject([
      { id: 'hit', request_body: { a: 1 } },
    ]);
  });

  test('is ended once it is known how, and forgotten when it is old, in parts', async () => {
    const store = await filled();
    await endActivity(store.db, 'a1', { response_body: { a: 1 }, status: 'ok', duration_ms: 1.6, error_detail: null });
    const [, , , ended] = (await activityOf(store.db, 'w', activityQuerySchema.parse({}), NOW)) ?? [];
    expect(ended).toMatchObject({ id: 'a1', response_body: { a: 1 }, status: 'ok', duration_ms: 2 });
    expect(await pruneActivity(store.db, NOW - 1000, 1)).toBe(1);
    // Those of one millisecond go together.
    expect(await pruneActivity(store.db, NOW - 1000, 1)).toBe(2);
    expect(await pruneActivity(store.db, NOW - 1000, 1)).toBe(0);
    expect((await activityOf(store.db, 'w', activityQuerySchema.parse({}), NOW))?.map(({ id }) => id)).toEqual(['a4']);
  });

  test('takes the widest times there are; the query refuses wider ones and what is no id', async () => {
    expect(await ask({ since_secs: '8640000000000', before_ts: '8640000000000000' })).toEqual(['a4', 'a3', 'a2', 'a1']);
    for (const query of [
      { since_secs: '1e300' },
      { before_ts: '1e308' },
      { before_ts: '-1' },
      { peer_id: '\u0000' },
      { since_id: '\u0000' },
    ])
      expect([query, activityQuerySchema.safeParse(query).success]).toEqual([query, false]);
  });

  test('comes back as it was given', async () => {
    const store = await engine.open();
    const row = entry({
      method: 'message/send',
      summary: 'a\u0000b',
      request_body: { parts: [{ text: 'NUL \u0000 😀' }] },
      response_body: [false],
      duration_ms: 12.4,
      error_detail: 'no',
    });
    await insertActivity(store.db, row, 'agent');
    expect(await activityOf(store.db, 'w', activityQuerySchema.parse({}), NOW)).toEqual([{ ...row, summary: 'a\ufffdb', duration_ms: 12 }]);
  });
});
