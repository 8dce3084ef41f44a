import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE_LETTERS } from '#lib/contract/workspace-status.ts';
import { BAR_COUNT, emptyBars, markMinute, minuteOf, shiftBars } from './history-bars.ts';

const hour = (end: string, minute = 1_000) => ({ minute, letters: end.padStart(BAR_COUNT, '.') });

describe('history bars', () => {
  it('shifts by the minutes that passed and fills them', () => {
    expect(shiftBars(hour('oow'), 1_002, 'x')).toEqual({ minute: 1_002, letters: 'oowxx'.padStart(60, '.') });
  });

  it('forgets an hour that is over', () => {
    expect(shiftBars(hour('oow'), 2_000, 'x').letters).toBe('x'.repeat(60));
  });

  it('stays the same object when no minute passed', () => {
    const bars = hour('o');
    expect(shiftBars(bars, 1_000, 'x')).toBe(bars);
    expect(shiftBars(bars, 999, 'x')).toBe(bars);
  });

  it('writes a minute inside the hour and leaves one before it alone', () => {
    expect(markMinute(hour('ooo'), 999, 'w', '.').letters.endsWith('owo')).toBe(true);
    const bars = hour('o');
    expect(markMinute(bars, 900, 'w', '.')).toBe(bars);
  });

  it.each(MINUTE_LETTERS.slice(1).map((letter, index) => [MINUTE_LETTERS[index] ?? '.', letter] as const))(
    'a minute that was %s may become %s, never the other way round',
    (better, worse) => {
      const marked = markMinute(emptyBars(1_000), 1_000, worse, '.');
      expect(markMinute(marked, 1_000, better, '.').letters.at(-1)).toBe(worse);
      expect(markMinute(markMinute(emptyBars(1_000), 1_000, better, '.'), 1_000, worse, '.').letters.at(-1)).toBe(worse);
    },
  );

  it('always has sixty letters, ends at the newest minute and never makes a minute look better', () => {
    const mark = fc.record({ minute: fc.integer({ min: 900, max: 1_200 }), letter: fc.constantFrom(...MINUTE_LETTERS) });
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 60 }), (marks) => {
        let bars = emptyBars(1_000);
        for (const { minute, letter } of marks) bars = markMinute(bars, minute, letter, '.');
        expect(bars.letters).toHaveLength(BAR_COUNT);
        expect(bars.minute).toBe(Math.max(1_000, ...marks.map(({ minute }) => minute)));
        for (const { minute, letter } of marks) {
          const at = BAR_COUNT - 1 - (bars.minute - minute);
          if (at < 0) continue;
          const shown = MINUTE_LETTERS.indexOf(bars.letters.charAt(at) as (typeof MINUTE_LETTERS)[number]);
          const reachable = marks.findIndex((other) => other.minute === minute && other.letter === letter);
          const inHourWhenSaid = minute > Math.max(1_000, ...marks.slice(0, reachable + 1).map((other) => other.minute)) - BAR_COUNT;
          if (inHourWhenSaid) expect(shown).toBeGreaterThanOrEqual(MINUTE_LETTERS.indexOf(letter));
        }
      }),
    );
  });

  it('counts minutes from the epoch', () => {
    expect(minuteOf(119_999)).toBe(1);
  });
});
