import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SilenceWatch } from './silence-watch.ts';

/** More than a timer takes at once: it would be due in a millisecond. */
const MONTH_MS = 30 * 24 * 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each<[string, number]>([
  ['nothing else tells', Number.POSITIVE_INFINITY],
  ['a sign of life a second ago', 1000],
])('waits for weeks without looking all the time: %s', (_name, ago) => {
  let looks = 0;
  const onSilent = vi.fn();
  const sinceSign = () => {
    looks += 1;
    if (looks > 5) throw new Error('it looks all the time');
    return looks === 1 ? ago : Number.POSITIVE_INFINITY;
  };
  new SilenceWatch({ ms: MONTH_MS, sinceSign }, onSilent).wait();
  vi.advanceTimersByTime(MONTH_MS - 1);
  expect([looks, onSilent.mock.calls.length]).toEqual([1, 0]);
  vi.advanceTimersByTime(MONTH_MS);
  expect(onSilent).toHaveBeenCalledTimes(1);
});
