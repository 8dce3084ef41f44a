import type { HistoryHour, HistoryMinute } from '#lib/contract/history.ts';

/** One hour made of its minutes: counts add up, tasks are the most seen, letters say how many minutes each held. Minutes of other hours are left out. */
export function rollUp(hour: number, minutes: readonly HistoryMinute[]): HistoryHour {
  const rolled: HistoryHour = { hour, letters: {}, beats: 0, requests: 0, failed: 0, tasks: 0 };
  for (const minute of minutes) {
    if (Math.floor(minute.minute / 60) !== hour) continue;
    rolled.letters[minute.letter] = (rolled.letters[minute.letter] ?? 0) + 1;
    rolled.beats += minute.beats;
    rolled.requests += minute.requests;
    rolled.failed += minute.failed;
    rolled.tasks = Math.max(rolled.tasks, minute.tasks);
  }
  rolled.failed = Math.round(rolled.failed * 100) / 100;
  return rolled;
}
