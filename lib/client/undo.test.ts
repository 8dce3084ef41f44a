import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createUndo } from './undo.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const nothing = () => Promise.resolve();

describe('createUndo', () => {
  it('offers the newest for eight seconds, each its own', () => {
    const undo = createUndo();
    undo.offer('Marked as read.', nothing);
    vi.advanceTimersByTime(5_000);
    undo.offer('Muted.', nothing);
    vi.advanceTimersByTime(7_999);
    expect(undo.read()?.text).toBe('Muted.');
    vi.advanceTimersByTime(1);
    expect(undo.read()).toBeNull();
  });

  it('gives it out once', () => {
    const undo = createUndo();
    const told = vi.fn();
    undo.subscribe(told);
    undo.offer('Muted.', nothing);
    expect(undo.take()?.text).toBe('Muted.');
    expect(undo.take()).toBeNull();
    expect(told).toHaveBeenCalledTimes(2);
  });
});
