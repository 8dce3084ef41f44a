import { expect, it } from 'vitest';
import { errorText } from './error-text.ts';

it.each([
  [0.7, 30, '21 of 30'],
  [0.5, 99_998, '49,999 of 99,998'],
  [0.9, 1_000_000_000, '900M of 1B'],
  [0.61, null, '61 %'],
  [0.61, 0, '–'],
  [null, 3, '–'],
])('a rate of %s over %s requests reads as %s', (last_error_rate, last_requests, text) => {
  expect(errorText({ last_error_rate, last_requests })).toBe(text);
});
