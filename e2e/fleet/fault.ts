import type { Heartbeat } from '#lib/contract/heartbeat.ts';

/**
 * What a simulated runtime does wrong.
 * - `wedge`: every beat says that it is stuck
 * - `errors`: 60 % of 20 requests fail in every beat
 * - `silence`: beats once, then never again
 * - `late`: beats every 2.5 intervals, after it is called late and before it lapses
 * - `flapping`: stuck in every other beat
 * - `partial`: between its beats sends two partial ones, as a task that starts and ends does
 */
export const FAULTS = ['wedge', 'errors', 'silence', 'late', 'flapping', 'partial'] as const;
export type Fault = (typeof FAULTS)[number];

/** Intervals from one full beat to the next; null: there is no next. */
export function intervalsToNext(fault: Fault | null): number | null {
  if (fault === 'silence') return null;
  return fault === 'late' ? 2.5 : 1;
}

/** When partial beats come, in intervals after a full one: a task starts, and ends. */
export const PARTIAL_AFTER = [0.3, 0.6] as const;

export type Saying = 'well' | 'wedged' | 'errors';

/** What the nth full beat (from 0) says. */
export function sayingOf(fault: Fault | null, beat: number): Saying {
  if (fault === 'wedge') return 'wedged';
  if (fault === 'errors') return 'errors';
  if (fault === 'flapping') return beat % 2 === 0 ? 'wedged' : 'well';
  return 'well';
}

export const SAID: Record<Saying, Partial<Heartbeat>> = {
  well: { error_rate: 0, sample_error: '', requests: 12 },
  wedged: {
    error_rate: 0,
    sample_error: 'simulated: the agent waits for an answer that does not come',
    requests: 0,
    runtime_state: 'wedged',
  },
  errors: { error_rate: 0.6, sample_error: 'simulated: the model timed out', requests: 20 },
};
