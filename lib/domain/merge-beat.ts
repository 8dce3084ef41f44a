import { type Heartbeat, isFullBeat } from '#lib/contract/heartbeat.ts';
import { judgeErrors, noErrors } from './error-rule.ts';
import { SAYS_WEDGED } from './status-reasons.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

export interface Boot {
  boot_id: string | null;
  previous_boot_id: string | null;
}

export interface Merged {
  /** A copy that may be changed by its receiver; status, cause, reason and since are as before. */
  facts: WorkspaceFacts;
  booted: Boot | null;
}

/**
 * What is known after a beat. A *partial* beat (a task started or ended; it carries an uptime and an error rate of 0 that
 * mean nothing) moves only the task, the tasks in flight and the time of the last beat. Two statements count in any beat,
 * because they can only be made on purpose: "I am wedged" and a drain report.
 */
export function mergeBeat(before: WorkspaceFacts, beat: Heartbeat, now: number): Merged {
  const full = isFullBeat(beat);
  const booted = full ? bootOf(before, beat) : null;
  const facts: WorkspaceFacts = { ...before, last_beat_at: now, late: false, token_rejected_at: null };
  if (booted) startAfresh(facts, booted, now);
  mergeTasks(facts, beat, now);
  if (full) mergeFull(facts, beat, now);
  if (beat.runtime_state === 'wedged') {
    facts.wedged = { reason: beat.sample_error?.trim() || facts.wedged?.reason || SAYS_WEDGED, since: facts.wedged?.since ?? now };
  }
  if (beat.drain) facts.drain = beat.drain;
  else if (full) facts.drain = null;
  return { facts, booted };
}

/** A boot is proven by a new boot id; for runtimes that send none, by an uptime that went down or an end that was seen. */
function bootOf(before: WorkspaceFacts, beat: Heartbeat): Boot | null {
  const previous = before.boot_id;
  if (beat.boot_id !== undefined) return beat.boot_id === previous ? null : { boot_id: beat.boot_id, previous_boot_id: previous };
  const wentDown = beat.uptime_seconds !== undefined && before.uptime_seconds !== null && beat.uptime_seconds < before.uptime_seconds;
  const unseen = before.last_full_beat_at === null || before.ended_at !== null;
  return wentDown || unseen ? { boot_id: null, previous_boot_id: previous } : null;
}

/** What was true of the former process says nothing about the new one. */
function startAfresh(facts: WorkspaceFacts, boot: Boot, now: number): void {
  facts.boot_id = boot.boot_id;
  facts.booted_at = now;
  facts.ended_at = null;
  facts.last_progress_at = now;
  facts.wedged = null;
  facts.error_rate = null;
  facts.requests = null;
  facts.sample_error = '';
  facts.active_tasks = 0;
  facts.current_task = '';
  facts.uptime_seconds = null;
  facts.drain = null;
  Object.assign(facts, noErrors());
}

function mergeTasks(facts: WorkspaceFacts, beat: Heartbeat, now: number): void {
  const tasks = beat.active_tasks ?? facts.active_tasks;
  const task = beat.current_task ?? facts.current_task;
  if (tasks !== facts.active_tasks || task !== facts.current_task) facts.last_progress_at = now;
  facts.active_tasks = tasks;
  facts.current_task = task;
}

function mergeFull(facts: WorkspaceFacts, beat: Heartbeat, now: number): void {
  facts.last_full_beat_at = now;
  if (beat.uptime_seconds !== undefined) facts.uptime_seconds = beat.uptime_seconds;
  if (beat.interval_seconds !== undefined) facts.interval_seconds = beat.interval_seconds;
  if (beat.sample_error !== undefined) facts.sample_error = beat.sample_error;
  if (beat.runtime_metadata?.capabilities) facts.capabilities = beat.runtime_metadata.capabilities;
  if (beat.runtime_metadata?.idle_timeout_seconds !== undefined) facts.idle_timeout_seconds = beat.runtime_metadata.idle_timeout_seconds;
  if (beat.runtime_state !== 'wedged') facts.wedged = null;
  if ((beat.requests ?? 0) > 0) facts.last_progress_at = now;
  if (beat.error_rate !== undefined) {
    facts.error_rate = beat.error_rate;
    facts.requests = beat.requests ?? null;
  }
  // An agent that manages its own status has taken the error rule over; the wedge rule is never handed away.
  if (facts.capabilities['status_mgmt'] === true) Object.assign(facts, noErrors());
  else if (beat.error_rate !== undefined) {
    const report = { error_rate: beat.error_rate, requests: beat.requests, sample_error: beat.sample_error ?? '' };
    Object.assign(facts, judgeErrors(facts, report, now));
  }
}
