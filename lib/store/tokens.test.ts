import { expect, test } from 'vitest';
import { inTransaction } from './in-transaction.ts';
import { insertJoinCode, spendJoinCode } from './join-codes.ts';
import { eachEngine } from './test-engines.ts';
import { aToken } from './test-rows.ts';
import { endOlder, expireOlder, hasAnyToken, insertToken, revokeToken, tokensOf, touchTokens, validTokens } from './tokens.ts';

eachEngine('tokens', (engine) => {
  const filled = async () => {
    const store = await engine.open();
    for (const token of [
      aToken({ id: 'old', created_at: 1 }),
      aToken({ id: 'older end', created_at: 2, expires_at: 300 }),
      aToken({ id: 'revoked', created_at: 3, revoked_at: 50 }),
      aToken({ id: 'new', created_at: 4 }),
      aToken({ id: 'of another', workspace_id: 'v', created_at: 1 }),
    ]) {
      await insertToken(store.db, token);
    }
    return store;
  };
  const idsAt = async (store: Awaited<ReturnType<typeof filled>>, now: number) =>
    (await validTokens(store.db, now)).map((token) => token.id).sort();

  test('are valid until they end or are revoked', async () => {
    const store = await filled();
    expect(await idsAt(store, 299)).toEqual(['new', 'of another', 'old', 'older end']);
    expect(await idsAt(store, 300)).toEqual(['new', 'of another', 'old']);
    expect((await validTokens(store.db, 0)).find((token) => token.id === 'old')).toEqual(aToken({ id: 'old', created_at: 1 }));
  });

  test('that are rotated out end later, and never later than they would have', async () => {
    const store = await filled();
    expect((await expireOlder(store.db, 'w', 'new', 600)).sort()).toEqual(['old']);
    expect(await idsAt(store, 599)).toEqual(['new', 'of another', 'old']);
    expect((await expireOlder(store.db, 'w', 'new', 200)).sort()).toEqual(['old', 'older end']);
    expect(await idsAt(store, 200)).toEqual(['new', 'of another']);
  });

  test('that are rotated out end at once when their successor is used', async () => {
    const store = await filled();
    expect(await endOlder(store.db, 'w', 'old', 100)).toEqual([]);
    expect(await endOlder(store.db, 'w', 'new', 100)).toEqual(['older end']);
    expect(await idsAt(store, 100)).toEqual(['new', 'of another', 'old']);
    await expireOlder(store.db, 'w', 'new', 600);
    expect(await endOlder(store.db, 'w', 'new', 110)).toEqual(['old']);
    expect(await endOlder(store.db, 'w', 'new', 120)).toEqual([]);
    expect(await idsAt(store, 110)).toEqual(['new', 'of another']);
  });

  test('that are younger are not ended by the use of an older one', async () => {
    const store = await filled();
    await insertToken(store.db, aToken({ id: 'newest', created_at: 9, expires_at: 900 }));
    expect(await endOlder(store.db, 'w', 'new', 100)).toEqual(['older end']);
    expect(await idsAt(store, 100)).toContain('newest');
  });

  test('remember their newest use', async () => {
    const store = await filled();
    await touchTokens(store.db, [
      { id: 'new', last_used_at: 70 },
      { id: 'old', last_used_at: 60 },
    ]);
    await inTransaction(store, (tx) => touchTokens(tx, [{ id: 'new', last_used_at: 65 }]));
    await touchTokens(store.db, []);
    expect((await tokensOf(store.db, 'w')).map((row) => [row.id, row.last_used_at])).toEqual([
      ['new', 70],
      ['older end', null],
      ['old', 60],
    ]);
  });

  test('are revoked once, by their own workspace only, and show no hash', async () => {
    const store = await filled();
    expect(await revokeToken(store.db, 'v', 'new', 100)).toBeNull();
    expect(await revokeToken(store.db, 'w', 'new', 100)).toEqual({
      id: 'new',
      prefix: 'abcdefgh',
      created_at: 4,
      last_used_at: null,
      expires_at: null,
    });
    expect(await revokeToken(store.db, 'w', 'new', 101)).toBeNull();
    expect(await idsAt(store, 100)).toEqual(['of another', 'old', 'older end']);
    expect((await tokensOf(store.db, 'w')).map((row) => row.id)).toEqual(['older end', 'old']);
    expect(Object.keys((await tokensOf(store.db, 'v'))[0] ?? {})).not.toContain('hash');
  });

  test('count as given even when they are revoked', async () => {
    const store = await engine.open();
    expect(await hasAnyToken(store.db, 'w')).toBe(false);
    await insertToken(store.db, aToken({ revoked_at: 1 }));
    expect(await hasAnyToken(store.db, 'w')).toBe(true);
    expect(await hasAnyToken(store.db, 'v')).toBe(false);
  });
});

eachEngine('join codes', (engine) => {
  test('work once and in time', async () => {
    const store = await engine.open();
    await insertJoinCode(store.db, { hash: 'a', workspace_id: 'w', created_at: 0, expires_at: 100 });
    expect(await spendJoinCode(store.db, 'a', 100)).toBeNull();
    expect(await spendJoinCode(store.db, 'unknown', 1)).toBeNull();
    expect(await spendJoinCode(store.db, 'a', 99)).toBe('w');
    expect(await spendJoinCode(store.db, 'a', 99)).toBeNull();
  });

  test('let one of many win that try at once', async () => {
    const store = await engine.open();
    await insertJoinCode(store.db, { hash: 'a', workspace_id: 'w', created_at: 0, expires_at: 100 });
    const tries = await Promise.all(Array.from({ length: 8 }, () => inTransaction(store, (tx) => spendJoinCode(tx, 'a', 1))));
    expect(tries.filter((won) => won === 'w')).toHaveLength(1);
  });
});
