import { expect, test } from 'vitest';
import { apiTokensOf, insertApiToken, revokeApiToken, type StoredApiToken, touchApiTokens, validApiTokens } from './api-tokens.ts';
import { eachEngine } from './test-engines.ts';

const token = (id: string, some: Partial<StoredApiToken> = {}): StoredApiToken => ({
  id,
  person_id: 'ada',
  person_name: 'Ada',
  name: `laptop ${id}`,
  hash: `hash of ${id}`,
  prefix: 'canvas_abcdef',
  created_at: 1000,
  last_used_at: null,
  revoked_at: null,
  ...some,
});

eachEngine('API tokens', (engine) => {
  const filled = async () => {
    const store = await engine.open();
    for (const row of [token('1'), token('2', { created_at: 2000 }), token('3', { revoked_at: 1 }), token('4', { person_id: 'bob' })]) {
      await insertApiToken(store.db, row);
    }
    return store;
  };

  test('come back as they were kept, without those that were revoked', async () => {
    const store = await filled();
    expect(await validApiTokens(store.db)).toEqual([token('1'), token('2', { created_at: 2000 }), token('4', { person_id: 'bob' })]);
  });

  test('are listed for their person, newest first and without the hash', async () => {
    const store = await filled();
    expect(await apiTokensOf(store.db, 'ada')).toEqual([
      { id: '2', name: 'laptop 2', prefix: 'canvas_abcdef', created_at: 2000, last_used_at: null },
      { id: '1', name: 'laptop 1', prefix: 'canvas_abcdef', created_at: 1000, last_used_at: null },
    ]);
  });

  test('are ended once, and by their person alone', async () => {
    const store = await filled();
    expect(await revokeApiToken(store.db, 'bob', '1', 50)).toBe(false);
    expect(await revokeApiToken(store.db, 'ada', '1', 50)).toBe(true);
    expect(await revokeApiToken(store.db, 'ada', '1', 60)).toBe(false);
    expect((await validApiTokens(store.db)).map(({ id }) => id)).toEqual(['2', '4']);
  });

  test('keep the newest moment of use', async () => {
    const store = await filled();
    await touchApiTokens(store.db, [
      { id: '2', last_used_at: 5000 },
      { id: '1', last_used_at: 4000 },
    ]);
    await touchApiTokens(store.db, [{ id: '2', last_used_at: 3000 }]);
    expect((await apiTokensOf(store.db, 'ada')).map(({ id, last_used_at }) => [id, last_used_at])).toEqual([
      ['2', 5000],
      ['1', 4000],
    ]);
  });
});
