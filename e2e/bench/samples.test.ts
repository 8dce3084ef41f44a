import { expect, test } from 'vitest';
import { markdownTable } from './figure.ts';
import { rounds } from './rounds.ts';
import { median, Samples } from './samples.ts';

test('a percentile is the smallest sample that so many do not exceed', () => {
  const samples = new Samples();
  expect(samples.percentile(0.5)).toBeNaN();
  for (let n = 100; n >= 1; n -= 1) samples.add(n);
  expect([0.01, 0.5, 0.99, 0.991, 1].map((share) => samples.percentile(share))).toEqual([1, 50, 99, 100, 100]);
});

test('a median lies between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 9])).toBe(3);
  expect(median([])).toBeNaN();
});

test('rounds that say nothing are run again, and not for ever', async () => {
  const results = [1, null, 2, 3];
  expect(await rounds(3, async () => results.shift() ?? null)).toEqual([1, 2, 3]);
  await expect(rounds(2, async () => null)).rejects.toThrow('too busy');
});

test('a table says what was promised, what was measured, and which was missed', () => {
  const figures = [
    { measure: 'Speed', target: '≥ 1', figure: '2', ok: true, numbers: {} },
    { measure: 'Size', target: '≤ 1', figure: '2', ok: false, numbers: {} },
    { measure: 'Colour', target: '', figure: 'blue', ok: null, numbers: {} },
  ];
  expect(markdownTable(figures).split('\n')).toEqual([
    '| Measure | Target | Figure |        |',
    '| ------- | ------ | ------ | ------ |',
    '| Speed   | ≥ 1    | 2      | ok     |',
    '| Size    | ≤ 1    | 2      | missed |',
    '| Colour  |        | blue   |        |',
  ]);
});
