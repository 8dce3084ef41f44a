import type { HistoryMinute } from '#lib/contract/history.ts';
import type { MinuteLetter } from '#lib/contract/workspace-status.ts';

export const DAY_MINUTES = 1440;
export const STRIP_HEIGHT = 28;
export const RATE_HEIGHT = 56;

/** The last day as one slot a minute, oldest first; null where nothing is known. `last` is the newest minute. */
export function daySlots(minutes: readonly HistoryMinute[], last: number): (HistoryMinute | null)[] {
  const slots = new Array<HistoryMinute | null>(DAY_MINUTES).fill(null);
  for (const slot of minutes) {
    const index = DAY_MINUTES - 1 - (last - slot.minute);
    if (index >= 0 && index < DAY_MINUTES) slots[index] = slot;
  }
  return slots;
}

const TONE: Record<MinuteLetter, 'ok' | 'warn' | 'bad' | 'drain' | 'off' | 'none'> = {
  '.': 'none',
  p: 'off',
  o: 'ok',
  r: 'drain',
  e: 'ok',
  l: 'warn',
  d: 'warn',
  w: 'bad',
  x: 'off',
};
const DRAWN_IN_ORDER = ['none', 'ok', 'off', 'drain', 'warn', 'bad'] as const;
const HEIGHT: Record<MinuteLetter, number> = { '.': 2, p: 8, o: 18, r: 18, e: 18, l: 12, d: 26, w: 28, x: 6 };

/** A minute that matters is drawn this wide at least: alone it would be thinner than a hair. */
const WORTH_SEEING = 4;

/**
 * The state of each minute as one path per colour; equal neighbours are one rectangle, so that a quiet day is a few. What
 * matters more is drawn over what matters less.
 */
export function statePaths(slots: readonly (HistoryMinute | null)[]): { tone: string; d: string }[] {
  const paths = new Map<string, string>();
  let from = 0;
  for (let i = 1; i <= slots.length; i++) {
    const letter = slots[from]?.letter ?? '.';
    if (i < slots.length && (slots[i]?.letter ?? '.') === letter) continue;
    const height = HEIGHT[letter];
    const tone = TONE[letter];
    const width = tone === 'ok' || tone === 'none' ? i - from : Math.max(i - from, WORTH_SEEING);
    const x = Math.min(from, slots.length - width);
    paths.set(tone, `${paths.get(tone) ?? ''}M${x} ${STRIP_HEIGHT - height}h${width}v${height}h${-width}z`);
    from = i;
  }
  return DRAWN_IN_ORDER.flatMap((tone) => {
    const d = paths.get(tone);
    return d === undefined ? [] : [{ tone, d }];
  });
}

/** Share of failed requests; runtimes that do not count weigh each beat as one. Null without a sample. */
export function failedShare(slot: HistoryMinute | null): number | null {
  return slot === null || slot.requests === 0 ? null : Math.min(1, slot.failed / slot.requests);
}

/** Error rate per five minutes as bars from the ground; nothing where nothing failed. */
export function ratePath(slots: readonly (HistoryMinute | null)[]): string {
  const step = 5;
  let d = '';
  for (let from = 0; from < slots.length; from += step) {
    let requests = 0;
    let failed = 0;
    for (const slot of slots.slice(from, from + step)) {
      requests += slot?.requests ?? 0;
      failed += slot?.failed ?? 0;
    }
    if (failed === 0 || requests === 0) continue;
    const height = Math.max(1, Math.round(Math.min(1, failed / requests) * RATE_HEIGHT));
    d += `M${from} ${RATE_HEIGHT - height}h${step - 1}v${height}h${1 - step}z`;
  }
  return d;
}

const WORD: Record<MinuteLetter, string> = {
  '.': 'nothing known',
  p: 'paused',
  o: 'fine',
  r: 'draining or restarting',
  e: 'some requests failed',
  l: 'late',
  d: 'degraded',
  w: 'wedged',
  x: 'offline or failed',
};

export function minuteWord(slot: HistoryMinute | null): string {
  return WORD[slot?.letter ?? '.'];
}

/** The day in a sentence: how many minutes of each, the most first. */
export function dayInWords(slots: readonly (HistoryMinute | null)[]): string {
  const counts = new Map<string, number>();
  for (const slot of slots) counts.set(minuteWord(slot), (counts.get(minuteWord(slot)) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([word, n]) => `${n >= 120 ? `${Math.round(n / 60)} h` : `${n} min`} ${word}`)
    .join(', ');
}
