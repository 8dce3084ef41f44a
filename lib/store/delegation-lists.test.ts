import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { DelegationRow } from '#lib/contract/delegations.ts';
import { type DelegationFilter, delegationsPage } from './delegation-lists.ts';
import { insertDelegation } from './delegations.ts';
import type { Store } from './store.ts';
import { eachEngine } from './test-engines.ts';
import { aDelegation } from './test-rows.ts';

eachEngine('lists of delegations', (engine) => {
  const filled = async (rows: Partial<DelegationRow>[]): Promise<Store> => {
    const store = await engine.open();
    for (const row of rows) await insertDelegation(store.db, aDelegation(row));
    return store;
  };
  /** The ids of every page, each page a text. */
  const pages = async (store: Store, filter: DelegationFilter, limit: number): Promise<string[]> => {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { rows, next } = await delegationsPage(store.db, filter, { limit, cursor });
      found.push(rows.map(({ delegation_id }) => delegation_id).join(' '));
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    return found;
  };

  test('are merged of what a workspace gave and was given, without a gap or a repeat, also inside one millisecond', async () => {
    const store = await filled([
      { delegation_id: 'd1', source_id: 'w', target_id: 'v' },
      { delegation_id: 'd2', source_id: 'v', target_id: 'w' },
      { delegation_id: 'd3', source_id: 'w', target_id: 'w' },
      { delegation_id: 'd4', source_id: 'v', target_id: 'u' },
      { delegation_id: 'd5', source_id: 'v', target_id: 'w', created_at: 999, status: 'failed', ended_at: 1 },
    ]);
    expect(await pages(store, { workspace: 'w' }, 2)).toEqual(['d3 d2', 'd1 d5']);
    expect(await pages(store, { workspace: 'w', source: 'v' }, 9)).toEqual(['d2 d5']);
    expect(await pages(store, { workspace: 'w', states: ['failed'] }, 9)).toEqual(['d5']);
    expect(await pages(store, { workspace: 'w', states: [] }, 9)).toEqual(['']);
  });

  test('are merged of several states', async () => {
    const store = await filled([
      { delegation_id: 'd1', status: 'failed', ended_at: 1 },
      { delegation_id: 'd2', status: 'queued' },
      { delegation_id: 'd3', status: 'expired', ended_at: 1 },
      { delegation_id: 'd4', status: 'completed', ended_at: 1 },
      { delegation_id: 'd5', status: 'failed', ended_at: 1, created_at: 999 },
    ]);
    expect(await pages(store, { states: ['expired', 'queued', 'failed', 'failed'] }, 3)).toEqual(['d3 d2 d1', 'd5']);
    expect(await pages(store, { states: ['failed'], text: '100%' }, 1)).toEqual(['d1', 'd5']);
  });

  test('are searched for a text in any case, in all letters, and as it stands', async () => {
    const store = await filled([
      { delegation_id: 'd1', summary: 'Über alle Maße 100%_' },
      { delegation_id: 'd2', summary: '100 ways' },
    ]);
    expect(await pages(store, { text: 'über' }, 9)).toEqual(['d1']);
    expect(await pages(store, { text: 'ÜBER ALLE' }, 9)).toEqual(['d1']);
    expect(await pages(store, { text: '0%_' }, 9)).toEqual(['d1']);
    expect(await pages(store, { text: '100' }, 1)).toEqual(['d2', 'd1']);
  });

  test('are searched 20,000 at a time: a page may be empty and have another after it', async () => {
    const store = await filled([{ delegation_id: 'd1', summary: 'needle', created_at: 1 }]);
    const { delegation_id: _id, ...like } = aDelegation({ summary: 'hay', status: 'completed', ended_at: 1 });
    const columns = Object.keys(like).filter((column) => column !== 'created_at');
    await sql`insert into delegations (id, created_at, ${sql.join(columns.map((column) => sql.ref(column)))})
      with recursive n(i) as (select 2 union all select i + 1 from n where i < 20002)
      select 'n' || i, i, ${sql.join(columns.map((column) => sql.lit(flagAsNumber(like, column))))} from n`.execute(store.db);
    expect(await pages(store, { text: 'NEEDLE' }, 9)).toEqual(['', 'd1']);
  });
});

const flagAsNumber = (row: object, column: string) => {
  const value: unknown = row[column as keyof typeof row];
  return typeof value === 'boolean' ? Number(value) : value;
};
