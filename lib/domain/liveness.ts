import type { WorkspaceFacts } from './workspace-facts.ts';

/** No lapse is called before this much silence, however short the promised interval is. */
export const MIN_LAPSE_MS = 90_000;
export const PROVISIONING_TIMEOUT_MS = 10 * 60_000;
/** After the platform started, nothing lapses for this many intervals. */
export const GRACE_INTERVALS = 2;

export interface ClockOptions {
  /** How long a started workspace may take to its first beat. Default 10 minutes. */
  provisioningTimeoutMs?: number;
  /** Last output of the provisioner, for the reason of a start that never came up. */
  output?: string;
}

/** Until when nothing of this workspace may be called late or lapsed, for a platform that began at `platformStartedAt`. */
export function graceUntilOf(platformStartedAt: number, intervalSeconds: number): number {
  return platformStartedAt + GRACE_INTERVALS * intervalSeconds * 1000;
}

/** Silence after which a workspace is called late: more than one interval overdue. */
export function lateAfterMs(intervalSeconds: number): number {
  return 2 * intervalSeconds * 1000;
}

export function lapseAfterMs(intervalSeconds: number): number {
  return Math.max(MIN_LAPSE_MS, 3 * intervalSeconds * 1000);
}

/**
 * From when waiting counts. While the platform was away nobody could reach it, so that time is nobody's silence: the wait
 * begins at the last beat or at the platform's own start (two intervals before the grace ends), whichever is later. Both
 * waits below are at least two intervals long, so neither ends inside the grace.
 */
function countedFrom(heardAt: number, facts: WorkspaceFacts, graceUntil: number): number {
  return Math.max(heardAt, graceUntil - GRACE_INTERVALS * facts.interval_seconds * 1000);
}

const heardAt = (facts: WorkspaceFacts): number => facts.last_beat_at ?? facts.since;

/** First millisecond at which it is late. */
export function lateAt(facts: WorkspaceFacts, graceUntil: number): number {
  return countedFrom(heardAt(facts), facts, graceUntil) + lateAfterMs(facts.interval_seconds) + 1;
}

/** First millisecond at which it has lapsed. Never before `lateAt`. */
export function lapseAt(facts: WorkspaceFacts, graceUntil: number): number {
  return countedFrom(heardAt(facts), facts, graceUntil) + lapseAfterMs(facts.interval_seconds) + 1;
}

/** First millisecond at which a start without any beat has failed. */
export function startFailsAt(facts: WorkspaceFacts, graceUntil: number, options: ClockOptions): number {
  const timeout = options.provisioningTimeoutMs ?? PROVISIONING_TIMEOUT_MS;
  return Math.max(graceUntil, countedFrom(facts.expected_since, facts, graceUntil) + timeout + 1);
}
