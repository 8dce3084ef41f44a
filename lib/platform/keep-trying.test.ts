import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { pauseAfterFailures } from './keep-trying.ts';

test('a pause leaves nothing on the signal, and ends with it', async () => {
  vi.useFakeTimers();
  try {
    const ending = new AbortController();
    const passed = pauseAfterFailures(1, ending.signal);
    vi.advanceTimersByTime(250);
    await passed;
    expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
    const cut = pauseAfterFailures(9, ending.signal);
    ending.abort();
    await cut;
    await pauseAfterFailures(9, ending.signal);
    expect([getEventListeners(ending.signal, 'abort'), vi.getTimerCount()]).toEqual([[], 0]);
  } finally {
    vi.useRealTimers();
  }
});
