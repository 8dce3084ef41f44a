import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { paced } from './paced.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const PACE = { everyMs: 400, againMs: 3000 };

test('is done at once, and what is asked for in a burst is one more', async () => {
  const work = vi.fn(async () => {});
  const pace = paced(work, PACE);
  pace.ask();
  await vi.advanceTimersByTimeAsync(0);
  expect(work).toHaveBeenCalledTimes(1);
  for (let n = 0; n < 5; n += 1) pace.ask();
  await vi.advanceTimersByTimeAsync(399);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(work).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(work).toHaveBeenCalledTimes(2);
});

test('asked while it is at work, it is done once more afterwards, and never twice at a time', async () => {
  let end = () => {};
  const work = vi.fn(() => new Promise<void>((resolve) => (end = resolve)));
  const pace = paced(work, PACE);
  pace.ask();
  await vi.advanceTimersByTimeAsync(0);
  pace.ask();
  pace.ask();
  await vi.advanceTimersByTimeAsync(5000);
  expect(work).toHaveBeenCalledTimes(1);
  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(work).toHaveBeenCalledTimes(2);
});

test('what failed is done again, until it is stopped', async () => {
  const work = vi.fn(async () => {
    throw new Error('away');
  });
  const pace = paced(work, PACE);
  pace.ask();
  await vi.advanceTimersByTimeAsync(3000);
  expect(work).toHaveBeenCalledTimes(2);
  pace.stop();
  pace.ask();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(work).toHaveBeenCalledTimes(2);
});
