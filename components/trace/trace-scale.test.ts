import { describe, expect, it } from 'vitest';
import { distanceText, moved, stretchIn, ticksOf, wholeWindow, zoomed } from './trace-scale.ts';

describe('wholeWindow', () => {
  it('reaches to now while one is open', () => {
    expect(wholeWindow([{ started_at: 1_000, ended_at: 2_000 }], 99_000)).toEqual({ from: 1_000, to: 2_020 });
    expect(wholeWindow([{ started_at: 1_000, ended_at: null }], 11_000)).toEqual({ from: 1_000, to: 11_200 });
  });

  it('is never empty', () => {
    expect(wholeWindow([], 5_000)).toEqual({ from: 4_000, to: 5_000 });
    expect(wholeWindow([{ started_at: 1_000, ended_at: 1_000 }], 0)).toEqual({ from: 1_000, to: 1_010 });
  });
});

describe('stretchIn', () => {
  const window = { from: 1_000, to: 2_000 };
  it.each([
    [1_250, 1_500, [25, 25]],
    [0, 1_500, [0, 50]],
    [1_900, 9_000, [90, 10]],
    [1_500, 1_500, [50, 0]],
    [0, 999, null],
    [2_001, 3_000, null],
  ])('%d to %d is %j', (from, to, expected) => {
    expect(stretchIn(window, from, to)).toEqual(expected);
  });
});

describe('ticksOf', () => {
  it('counts in round steps from the beginning of the request', () => {
    expect(ticksOf({ from: 1_000, to: 11_200 }, 1_000, 6).map(({ label }) => label)).toEqual(['0', '2 s', '4 s', '6 s', '8 s', '10 s']);
  });

  it('has never more than asked for, however long it is', () => {
    for (const span of [3, 700, 45_000, 600_000, 86_400_000, 4e9, 8e12])
      expect(ticksOf({ from: 0, to: span }, 0, 8).length).toBeLessThanOrEqual(9);
  });
});

it.each([
  [0, '0'],
  [250, '250 ms'],
  [1_500, '1.5 s'],
  [150_000, '2 min 30 s'],
  [10_800_000, '3 h'],
  [129_600_000, '1 d 12 h'],
  [-2_000, '−2 s'],
])('%d ms reads as %s', (ms, text) => {
  expect(distanceText(ms)).toBe(text);
});

describe('zooming', () => {
  const whole = { from: 0, to: 1_000 };
  it('keeps what is looked at where it is', () => {
    expect(zoomed(whole, whole, 0.5, 500)).toEqual({ from: 250, to: 750 });
    expect(zoomed(whole, whole, 0.5, 0)).toEqual({ from: 0, to: 500 });
  });

  it('ends at the whole, and at what can be told apart', () => {
    expect(zoomed({ from: 250, to: 750 }, whole, 2, 500)).toBeNull();
    expect(zoomed({ from: 500, to: 512 }, whole, 0.5, 506)).toEqual({ from: 501, to: 511 });
  });

  it('moves within the whole', () => {
    expect(moved({ from: 0, to: 500 }, whole, 0.5)).toEqual({ from: 250, to: 750 });
    expect(moved({ from: 400, to: 900 }, whole, 0.5)).toEqual({ from: 500, to: 1_000 });
    expect(moved({ from: 100, to: 600 }, whole, -0.5)).toEqual({ from: 0, to: 500 });
  });
});
