import { describe, expect, it } from 'vitest';
import { steadyList } from './steady-list.ts';

interface Row {
  id: string;
  text?: string;
}
const rows = (ids: string): Row[] => [...ids].map((id) => ({ id }));
const renew = (row: Row, fresh: Row | null): Row => fresh ?? { ...row, text: 'gone' };
const show = (shown: string, newest: string, held: boolean, open: string | null = null) => {
  const list = steadyList(rows(shown), rows(newest), { held, open, renew });
  return [list.rows.map(({ id, text }) => (text === 'gone' ? `${id}-` : id)).join(' '), list.waiting];
};

describe('steadyList', () => {
  it.each([
    ['follows the newest list when nobody points at it', 'abc', 'cab', false, null, 'c a b', 0],
    ['keeps the order, and what has left, while it is held', 'abc', 'ca', true, null, 'a b- c', 0],
    ['lets new ones wait while it is held', 'abc', 'xayb', true, null, 'a b c-', 2],
    ['takes older ones in at the end, where nothing moves', 'abc', 'xabcde', true, null, 'a b c d e', 1],
    ['keeps the one that is open where it was', 'abc', 'ac', false, 'b', 'a b- c', 0],
    ['keeps the open one last when the list became short', 'abc', '', false, 'c', 'c-', 0],
    ['moves the open one with the others while it is in the list', 'abc', 'cb', false, 'b', 'c b', 0],
    ['shows the first list as it is, held or not', '', 'ab', true, null, 'a b', 0],
  ] as const)('%s', (_name, shown, newest, held, open, expected, waiting) => {
    expect(show(shown, newest, held, open)).toEqual([expected, waiting]);
  });
});
