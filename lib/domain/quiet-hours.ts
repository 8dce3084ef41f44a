import type { QuietHours } from '#lib/contract/preferences.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Quiet hours are under a day long, and a day has at most this many hours where clocks go back. */
const LONGEST_MINUTES = 26 * 60;

const clocks = new Map<string, Intl.DateTimeFormat>();

/**
 * When the quiet hours end that `now` lies in (epoch ms, a whole minute); null when it lies in none. The same time twice
 * means never. Where clocks change, what counts is what a clock on the wall there shows.
 */
export function quietUntil(quiet: QuietHours | null, now: number): number | null {
  if (!quiet) return null;
  const from = minutesOf(quiet.from);
  const length = (minutesOf(quiet.to) - from + DAY_MINUTES) % DAY_MINUTES;
  const isQuiet = (time: number): boolean => (wallMinutes(quiet.zone, time) - from + DAY_MINUTES) % DAY_MINUTES < length;
  if (!isQuiet(now)) return null;
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  for (let ahead = 1; ahead <= LONGEST_MINUTES; ahead += 1) {
    const time = minute + ahead * MINUTE_MS;
    if (!isQuiet(time)) return time;
  }
  return null;
}

/** Minutes since midnight on the wall of a zone. */
function wallMinutes(zone: string, time: number): number {
  const clock =
    clocks.get(zone) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  clocks.set(zone, clock);
  return minutesOf(clock.format(time));
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}
