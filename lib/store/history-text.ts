import type { HistoryHour, HistoryMinute } from '#lib/contract/history.ts';
import type { MinuteLetter } from '#lib/contract/workspace-status.ts';

const MINUTES_PER_HOUR = 60;

type MinuteTuple = [minuteOfHour: number, letter: MinuteLetter, beats: number, requests: number, failed: number, tasks: number];

/** One hour's minutes as JSON without names: a row is written every time one of its minutes changes. */
export function minutesToText(minutes: readonly HistoryMinute[]): string {
  return JSON.stringify(minutes.map((m): MinuteTuple => [m.minute % MINUTES_PER_HOUR, m.letter, m.beats, m.requests, m.failed, m.tasks]));
}

export function minutesFromText(hour: number, text: string): HistoryMinute[] {
  return (JSON.parse(text) as MinuteTuple[]).map(([minute, letter, beats, requests, failed, tasks]) => ({
    minute: hour * MINUTES_PER_HOUR + minute,
    letter,
    beats,
    requests,
    failed,
    tasks,
  }));
}

export function hourToText({ hour: _row, ...summary }: HistoryHour): string {
  return JSON.stringify(summary);
}

export function hourFromText(hour: number, text: string): HistoryHour {
  return { hour, ...(JSON.parse(text) as Omit<HistoryHour, 'hour'>) };
}
