import { expect, test } from 'vitest';
import { localTimeText } from './local-time-text.ts';

const noon = new Date(2026, 5, 15, 12, 0, 0).getTime();
const HOUR = 3_600_000;

test('today is told by the clock alone, every other day with its date', () => {
  expect(localTimeText(noon - 11 * HOUR, noon)).toBe('01:00:00');
  expect(localTimeText(noon + 11 * HOUR, noon)).toBe('23:00:00');
  const lateYesterday = localTimeText(noon - 13 * HOUR, noon);
  expect(lateYesterday).toContain('14');
  expect(lateYesterday).toContain('23:00');
  const tomorrow = localTimeText(noon + 24 * HOUR, noon);
  expect(tomorrow).toContain('16');
  expect(tomorrow).toContain('12:00');
});
