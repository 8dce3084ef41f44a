import { expect, it } from 'vitest';
import { countBelow } from './count-below.ts';

const cards = [
  { id: 'a', parent_id: null },
  { id: 'b', parent_id: 'a' },
  { id: 'c', parent_id: 'b' },
  { id: 'd', parent_id: 'a' },
  { id: 'other', parent_id: null },
];

it('counts all below, at any depth', () => {
  expect(countBelow(cards, 'a')).toBe(3);
  expect(countBelow(cards, 'b')).toBe(1);
  expect(countBelow(cards, 'other')).toBe(0);
});

it('ends in a ring', () => {
  const ring = [
    { id: 'a', parent_id: 'b' },
    { id: 'b', parent_id: 'a' },
  ];
  expect(countBelow(ring, 'a')).toBe(1);
});
