import { MINUTE_LETTERS, type MinuteLetter } from '#lib/contract/workspace-status.ts';

/** The last hour of one workspace: 60 letters, oldest first, the last one being `minute` (minutes since the epoch). */
export interface HistoryBars {
  minute: number;
  letters: string;
}

export const BAR_COUNT = 60;
const MINUTE_MS = 60_000;

/** From harmless to bad, as the contract has them: the worst thing seen in a minute is its letter. */
const SEVERITY = MINUTE_LETTERS.join('');

export function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

export function emptyBars(minute: number): HistoryBars {
  return { minute, letters: '.'.repeat(BAR_COUNT) };
}

/** The same hour seen at a later minute; minutes in between are filled with `fill`. An earlier minute changes nothing. */
export function shiftBars(bars: HistoryBars, minute: number, fill: MinuteLetter): HistoryBars {
  const by = minute - bars.minute;
  if (by <= 0) return bars;
  const kept = by >= BAR_COUNT ? '' : bars.letters.slice(by);
  return { minute, letters: kept.padEnd(BAR_COUNT, fill) };
}

/** Writes one minute; the worse letter stays. Minutes outside the hour change nothing. */
export function markMinute(bars: HistoryBars, minute: number, letter: MinuteLetter, fill: MinuteLetter): HistoryBars {
  const shifted = minute > bars.minute ? shiftBars(bars, minute, fill) : bars;
  const index = BAR_COUNT - 1 - (shifted.minute - minute);
  if (index < 0) return shifted;
  const fresh = minute > bars.minute;
  const old = shifted.letters.charAt(index);
  if (!fresh && SEVERITY.indexOf(old) >= SEVERITY.indexOf(letter)) return shifted;
  return { minute: shifted.minute, letters: shifted.letters.slice(0, index) + letter + shifted.letters.slice(index + 1) };
}
