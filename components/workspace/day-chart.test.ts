import { describe, expect, it } from 'vitest';
import type { HistoryMinute } from '#lib/contract/history.ts';
import { DAY_MINUTES, dayInWords, daySlots, ratePath, statePaths } from './day-chart.ts';

const slot = (minute: number, over: Partial<HistoryMinute> = {}): HistoryMinute => ({
  minute,
  letter: 'o',
  beats: 2,
  requests: 10,
  failed: 0,
  tasks: 1,
  ...over,
});
const day = (change: (minute: number) => Partial<HistoryMinute>) =>
  daySlots(
    Array.from({ length: DAY_MINUTES }, (_, i) => slot(5_000 - i, change(5_000 - i))),
    5_000,
  );

describe('day chart', () => {
  it('puts each minute in its slot and leaves out what is not of this day', () => {
    const slots = daySlots([slot(5_000), slot(5_000 - DAY_MINUTES), slot(5_001)], 5_000);
    expect(slots.filter((one) => one !== null)).toHaveLength(1);
    expect(slots.at(-1)?.minute).toBe(5_000);
  });

  it('draws a quiet day as one rectangle', () => {
    expect(statePaths(day(() => ({})))).toEqual([{ tone: 'ok', d: 'M0 10h1440v18h-1440z' }]);
  });

  it('draws a wedge where it was', () => {
    const paths = statePaths(day((minute) => ({ letter: minute > 4_990 ? 'w' : 'o' })));
    expect(paths.find(({ tone }) => tone === 'bad')?.d).toBe('M1430 0h10v28h-10z');
  });

  it('draws one bad minute wide enough to be seen, over everything else, and inside the day', () => {
    const paths = statePaths(day((minute) => ({ letter: minute === 5_000 || minute === 4_000 ? 'w' : 'o' })));
    expect(paths.at(-1)).toEqual({ tone: 'bad', d: 'M439 0h4v28h-4zM1436 0h4v28h-4z' });
  });

  it('draws failed requests only, never less than can be seen', () => {
    expect(ratePath(day(() => ({})))).toBe('');
    expect(ratePath(day((minute) => ({ failed: minute === 5_000 ? 1 : 0, requests: 1_000 })))).toBe('M1435 55h4v1h-4z');
    expect(ratePath(day((minute) => (minute > 4_995 ? { failed: 10 } : {})))).toBe('M1435 0h4v56h-4z');
  });

  it('says the day in words', () => {
    expect(dayInWords(day((minute) => ({ letter: minute > 4_990 ? 'w' : 'o' })))).toBe('24 h fine, 10 min wedged');
  });
});
