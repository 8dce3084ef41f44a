import { describe, expect, it } from 'vitest';
import { countedTitle } from './unread.ts';

describe('countedTitle', () => {
  it.each([
    ['Canvas', 0, 'Canvas'],
    ['Canvas', 3, '(3) Canvas'],
    ['(3) Restarts · Canvas', 4, '(4) Restarts · Canvas'],
    ['(99+) Canvas', 0, 'Canvas'],
    ['(7) Canvas', 1_000, '(99+) Canvas'],
    ['(a) Canvas', 1, '(1) (a) Canvas'],
  ])('%s with %i is %s', (title, count, counted) => {
    expect(countedTitle(title, count)).toBe(counted);
  });
});
