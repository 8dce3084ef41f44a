import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatAge, parseDuration } from './duration-text.ts';

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;

it.each([
  [-5, '0 s'],
  [0, '0 s'],
  [4 * S + 900, '4 s'],
  [59_999, '59 s'],
  [MIN, '1 min'],
  [6 * MIN + 59 * S, '6 min'],
  [H, '1 h'],
  [H + 5 * MIN, '1 h 5 min'],
  [10 * H - 1, '9 h 59 min'],
  [19 * H + 40 * MIN, '19 h'],
  [D, '1 d'],
  [2 * D + H, '2 d 1 h'],
  [3 * D + 4 * H + 59 * MIN, '3 d 4 h'],
  [100 * D, '100 d'],
  [15_181 * D, '15,181 d'],
])('%i ms reads as %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

it.each([
  ['5m', 5 * MIN],
  ['5min', 5 * MIN],
  ['90s', 90 * S],
  ['90', 90 * S],
  ['1.5h', 1.5 * H],
  ['2D', 2 * D],
  ['250ms', 250],
  ['', null],
  ['m', null],
  ['5w', null],
  ['-5s', null],
  ['5m3s', null],
])('%o means %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it('never reads older than it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * D }), (ms) => {
      const read =
        formatAge(ms)
          .replaceAll(',', '')
          .match(/\d+ [a-z]+/g) ?? [];
      const sum = read.reduce((total, part) => total + (parseDuration(part) ?? Number.NaN), 0);
      expect(sum).toBeLessThanOrEqual(ms);
      expect(ms - sum).toBeLessThan(ms < H ? MIN : D);
    }),
  );
});
