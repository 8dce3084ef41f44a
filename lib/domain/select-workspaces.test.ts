import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WORKSPACE_SORTS, type WorkspaceCard, type WorkspaceSort } from '#lib/contract/workspaces.ts';
import { decodeCursor, encodeCursor } from './page-cursor.ts';
import { type Selection, selectWorkspaces } from './select-workspaces.ts';
import { aCard } from './workspace-card.fixture.ts';

const context = { nameOf: () => null, now: 1_000_000 };
const select = (cards: WorkspaceCard[], over: Partial<Selection> = {}) =>
  selectWorkspaces(cards, { sort: 'attention', order: 'asc', ...over }, context);
const ids = (cards: WorkspaceCard[], over: Partial<Selection> = {}) =>
  select(cards, over)
    .items.map((card) => card.id)
    .join('');

const fleet = [
  aCard({ id: 'a', name: 'Node 10', since: 500, uptime_seconds: 5, last_error_rate: 0.2, last_heartbeat_at: 900, active_tasks: 1 }),
  aCard({
    id: 'b',
    name: 'node 9',
    since: 900,
    uptime_seconds: 50,
    last_error_rate: null,
    last_heartbeat_at: null,
    status: 'awaiting_agent',
    parent_id: 'a',
    labels: { env: 'x' },
  }),
  aCard({
    id: 'c',
    name: 'Éclair',
    since: 100,
    uptime_seconds: null,
    last_error_rate: 0.9,
    last_heartbeat_at: 100,
    status: 'degraded',
    cause: 'wedged',
    active_tasks: 7,
    runtime: 'codex',
  }),
  aCard({ id: 'x', name: 'gone', status: 'removed' }),
];

describe('order', () => {
  it.each<[WorkspaceSort, string, string]>([
    ['attention', 'cba', 'bac'],
    ['name', 'cba', 'abc'],
    ['since', 'bac', 'cab'],
    ['uptime', 'abc', 'bac'],
    ['errors', 'acb', 'cab'],
    ['beat', 'acb', 'cab'],
    ['tasks', 'bac', 'cab'],
  ])('%s: %s, turned round: %s', (sort, asc, desc) => {
    expect([ids(fleet, { sort }), ids(fleet, { sort, order: 'desc' })]).toEqual([asc, desc]);
  });
});

describe('filter and counts', () => {
  it('counts what matches without the state, and answers what matches with it', () => {
    const page = select(fleet, { state: ['wedged'] });
    expect([page.items.map((card) => card.id), page.total]).toEqual([['c'], 1]);
    expect(page.counts).toMatchObject({ wedged: 1, online: 1, awaiting_agent: 1, paused: 0, offline: 0 });
  });
  it.each<[Partial<Selection>, string]>([
    [{ runtime: 'codex' }, 'c'],
    [{ parent: 'a' }, 'b'],
    [{ label: 'env=x' }, 'b'],
    [{ label: 'env=y' }, ''],
    [{ label: 'env' }, 'b'],
    [{ q: 'node tasks<1' }, 'b'],
    [{ q: 'node', state: ['online'] }, 'a'],
  ])('%o finds "%s"', (over, found) => {
    expect(ids(fleet, over)).toBe(found);
  });
});

describe('paging', () => {
  const arbitraryCard = fc
    .record({
      name: fc.oneof(
        fc.constantFrom('A', 'A 2', 'A 10', 'é', '😀'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
        fc.constantFrom('x', 'y').map((end) => `${'n'.repeat(90)}${end}`),
      ),
      since: fc.integer({ min: 0, max: 3 }),
      late: fc.boolean(),
      last_error_rate: fc.constantFrom(null, 0, 0.5),
      uptime_seconds: fc.constantFrom(null, 1, 2),
    })
    .map(aCard);
  const cards = fc.array(arbitraryCard, { maxLength: 30 }).map((list) => list.map((card, index) => ({ ...card, id: `w${index}` })));
  const sorts = fc.constantFrom(...WORKSPACE_SORTS);
  const orders = fc.constantFrom('asc' as const, 'desc' as const);

  it('page after page is the whole list, in its order', () => {
    fc.assert(
      fc.property(cards, sorts, orders, fc.integer({ min: 1, max: 7 }), (list, sort, order, limit) => {
        const whole = select(list, { sort, order });
        const paged: WorkspaceCard[] = [];
        let cursor: string | undefined;
        do {
          const page = select(list, { sort, order, limit, cursor });
          paged.push(...page.items);
          expect(page.total).toBe(list.length);
          cursor = page.next ?? undefined;
          expect((cursor ?? '').length).toBeLessThanOrEqual(400);
        } while (cursor !== undefined);
        expect(paged).toEqual(whole.items);
      }),
    );
  });

  it('leaves nothing out when the item that ended the page is gone', () => {
    fc.assert(
      fc.property(cards, sorts, orders, fc.integer({ min: 1, max: 7 }), (list, sort, order, limit) => {
        const first = select(list, { sort, order, limit });
        const last = first.items.at(-1);
        fc.pre(first.next !== null && last !== undefined);
        const left = list.filter((card) => card.id !== last?.id);
        const seen = new Set(first.items.map((card) => card.id));
        const rest = select(left, { sort, order, cursor: first.next ?? undefined }).items.map((card) => card.id);
        const missing = left.filter((card) => !seen.has(card.id) && !rest.includes(card.id));
        expect(missing).toEqual([]);
        const short = list.every((card) => card.name.length < 15);
        if (short) expect(rest.filter((id) => seen.has(id))).toEqual([]);
      }),
    );
  });

  it('holds names of every length and script in a cursor of at most 400 characters', () => {
    const cursor = encodeCursor('attention desc', { rank: -1_700_000_000_000, text: '漢'.repeat(255), id: 'i'.repeat(64) });
    expect(cursor.length).toBeLessThanOrEqual(400);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(decodeCursor('attention desc', cursor)).toEqual({ rank: -1_700_000_000_000, text: '漢'.repeat(48), id: 'i'.repeat(64) });
  });

  it.each(['', '!', 'bm9wZQ', 'WzEsMiwzLDRd'])('refuses %o with an answer', (cursor) => {
    expect(() => select(fleet, { cursor })).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
  it('refuses the cursor of another sort', () => {
    const { next } = select(fleet, { limit: 1, sort: 'name' });
    expect(() => select(fleet, { cursor: next ?? '', sort: 'beat' })).toThrow(/first page/);
  });
});
