import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LedgerEvent } from '#lib/contract/events.ts';
import type { CanvasLive } from './canvas-live.ts';
import { createRefresh, refreshOn } from './refresh.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that goes on until it is ended. */
function slowWork() {
  const ends: (() => void)[] = [];
  return { work: vi.fn(() => new Promise<void>((resolve) => ends.push(resolve))), end: () => ends.shift()?.() };
}

describe('createRefresh', () => {
  it('works at once the first time, and once for many asked in one moment', async () => {
    const { work } = slowWork();
    const refresh = createRefresh(work, 1_000);
    for (let i = 0; i < 50; i++) refresh.soon();
    await vi.advanceTimersByTimeAsync(0);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('never begins before the last one has ended, and then keeps its distance', async () => {
    const { work, end } = slowWork();
    const refresh = createRefresh(work, 1_000);
    refresh.soon();
    await vi.advanceTimersByTimeAsync(5_000);
    refresh.soon();
    refresh.soon();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(work).toHaveBeenCalledTimes(1);
    end();
    await vi.advanceTimersByTimeAsync(999);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(2);
    end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('goes on after a refusal, and not after it was stopped', async () => {
    const work = vi.fn(() => Promise.reject(new Error('the platform is away')));
    const refresh = createRefresh(work, 1_000);
    refresh.soon();
    await vi.advanceTimersByTimeAsync(0);
    refresh.soon();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(work).toHaveBeenCalledTimes(2);
    refresh.soon();
    refresh.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('does again what was refused, where that is wanted, until it is stopped', async () => {
    const work = vi.fn(() => Promise.reject(new Error('the platform is away')));
    const refresh = createRefresh(work, 400, 3_000);
    refresh.soon();
    await vi.advanceTimersByTimeAsync(2_999);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(2);
    refresh.stop();
    refresh.soon();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('is not begun again when it is stopped while it works', async () => {
    const { work, end } = slowWork();
    const refresh = createRefresh(work, 400, 3_000);
    refresh.soon();
    await vi.advanceTimersByTimeAsync(0);
    refresh.soon();
    refresh.stop();
    end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe('refreshOn', () => {
  it('lets what it asks for be answered, however fast it is told of more', async () => {
    let tell: Parameters<CanvasLive['onLedger']>[0] = () => {};
    const onLedger: CanvasLive['onLedger'] = (listener) => {
      tell = listener;
      return () => {
        tell = () => {};
      };
    };
    const { work, end } = slowWork();
    const stop = refreshOn({ onLedger }, ({ workspace_id }) => workspace_id === 'w1', work);
    const event = (workspace_id: string) => tell({ workspace_id } as LedgerEvent, null);
    for (let i = 0; i < 20; i++) {
      event('w1');
      await vi.advanceTimersByTimeAsync(400);
    }
    expect(work).toHaveBeenCalledTimes(1);
    end();
    await vi.advanceTimersByTimeAsync(400);
    expect(work).toHaveBeenCalledTimes(2);
    end();
    event('w2');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(2);
    stop();
    event('w1');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(2);
  });
});
