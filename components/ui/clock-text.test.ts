import { expect, it } from 'vitest';
import { clockText } from './clock-text.ts';

it.each([
  [-5_000, '0:00'],
  [22_999, '0:22'],
  [828_000, '13:48'],
  [3_723_000, '1:02:03'],
  [90_061_000, '25:01:01'],
])('%d ms is %s', (ms, text) => {
  expect(clockText(ms)).toBe(text);
});
