import type { Heartbeat } from '#lib/contract/heartbeat.ts';
import type { WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import { formatAge } from './duration-text.ts';
import { type ClockOptions, lapseAfterMs, lapseAt, lateAt, startFailsAt } from './liveness.ts';
import { type Boot, mergeBeat } from './merge-beat.ts';
import {
  failingReason,
  gaveUpReason,
  lapseReason,
  lastWords,
  noFirstBeatReason,
  type ProcessEnd,
  processEndReason,
  type StartFailure,
  startFailureReason,
} from './status-reasons.ts';
import { settle, settled, type Transition, type Verdict, verdict } from './verdict.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

/**
 * The status of a workspace, decided from values alone. Every `apply…` takes facts and answers a verdict; nothing is
 * changed in place, and when nothing changed the very same facts object comes back.
 *
 *   provisioning    we started it, no beat yet             ends: a beat · 10 min (failed) · its process ends (offline)
 *   awaiting_agent  nobody here runs it, and it is silent  ends: a beat
 *   online          beats come, nothing is wrong           ends: wedge or errors (degraded) · lapse · its process ends
 *   degraded        beats come; wedged, or too many fail   ends: both gone (online) · lapse · its process ends
 *   offline         it ran and is silent, or its process was seen to end          ends: a beat · a start
 *   failed          it did not start, or not often enough                         ends: a beat · a start
 *   paused          an operator stopped it                 ends: a start; beats and ends only change facts
 *   draining, restarting   a restart run owns the status   ends: the run; beats and ends only change facts
 *   removed         gone for good
 *
 * While beats come (online, degraded) status and cause follow from the facts `wedged` and `failing`, the wedge first.
 * Lateness is a flag beside online and degraded, not a status. A beat brings every silent status straight to where the
 * facts point. The one exception: for a moment after a process was seen to end, a beat of that same boot is its echo.
 * `settle` (`verdict.ts`) alone changes status, cause, reason and since. What a restart run does is in `run-status.ts`.
 */

/** How long a beat of a boot that was seen to end counts as sent before that end. */
export const ECHO_MS = 10_000;

/** Statuses that only their owner (an operator, a restart run) may end. */
function isOwned(status: WorkspaceStatus): boolean {
  return status === 'paused' || status === 'draining' || status === 'restarting' || status === 'removed';
}

/** One accepted beat, received at `now` by the platform's clock. */
export function applyBeat(before: WorkspaceFacts, beat: Heartbeat, now: number): Verdict {
  const { facts, booted } = mergeBeat(before, beat, now);
  const token_accepted_again = before.token_rejected_at !== null;
  const echo = facts.ended_at !== null && now - facts.ended_at < ECHO_MS;
  if (isOwned(facts.status) || echo) return { facts, transition: null, booted, token_accepted_again };
  return { facts, transition: settleAlive(facts, before, booted, now), booted, token_accepted_again };
}

export function settleAlive(facts: WorkspaceFacts, before: WorkspaceFacts, booted: Boot | null, now: number): Transition | null {
  if (facts.wedged) {
    if (facts.status === 'degraded' && facts.cause === 'wedged' && facts.reason === facts.wedged.reason) return null;
    const evidence = { wedged: facts.wedged, boot_id: facts.boot_id, active_tasks: facts.active_tasks, current_task: facts.current_task };
    return settle(facts, { to: 'degraded', cause: 'wedged', reason: facts.wedged.reason, evidence }, now);
  }
  if (facts.failing) {
    if (facts.status === 'degraded' && facts.cause === 'errors' && facts.failing === before.failing) return null;
    const evidence = {
      error_rate: facts.failing.rate,
      requests: facts.failing.requests,
      sample_error: facts.failing.sample_error,
      boot_id: facts.boot_id,
    };
    return settle(facts, { to: 'degraded', cause: 'errors', reason: failingReason(facts.failing), evidence }, now);
  }
  if (facts.status === 'online') return null;
  const evidence = {
    boot_id: facts.boot_id,
    error_rate: facts.error_rate,
    requests: facts.requests,
    previous_cause: before.cause,
    previous_reason: before.reason,
  };
  return settle(facts, { to: 'online', cause: null, reason: '', told: recoveryReason(before, booted, now), evidence }, now);
}

function recoveryReason(before: WorkspaceFacts, booted: Boot | null, now: number): string {
  if (before.last_beat_at === null) return 'Its first beat arrived';
  if (booted) return 'It started again and beats';
  if (before.cause === 'restart') return 'Its run is over';
  if (before.cause === 'wedged') return 'It says that it is no longer stuck';
  if (before.cause === 'errors') return 'Its requests succeed again';
  return `It beats again after ${formatAge(now - before.last_beat_at)}`;
}

/**
 * The clock alone. Before `graceUntil` (see `graceUntilOf`) nothing becomes late or lapses, and after it the time in which
 * the platform itself was away counts as nobody's silence. See `nextDeadline` for when to call it.
 */
export function applyClock(before: WorkspaceFacts, now: number, graceUntil: number, options: ClockOptions = {}): Verdict {
  if (before.status === 'provisioning')
    return now < startFailsAt(before, graceUntil, options) ? verdict(before) : failStart(before, options, now);
  if (before.status !== 'online' && before.status !== 'degraded') return verdict(before);
  if (now >= lapseAt(before, graceUntil)) return lapse(before, now);
  const late = now >= lateAt(before, graceUntil);
  return verdict(late === before.late ? before : { ...before, late });
}

/**
 * When the clock alone would next change these facts (epoch ms), or null when only a beat or a person can. A beat moves
 * the deadline later, so one computed earlier may fire too soon: the clock rule then changes nothing.
 */
export function nextDeadline(facts: WorkspaceFacts, graceUntil: number, options: ClockOptions = {}): number | null {
  switch (facts.status) {
    case 'online':
    case 'degraded':
      return facts.late ? lapseAt(facts, graceUntil) : lateAt(facts, graceUntil);
    case 'provisioning':
      return startFailsAt(facts, graceUntil, options);
    case 'offline':
    case 'failed':
    case 'paused':
    case 'awaiting_agent':
    case 'draining':
    case 'restarting':
    case 'removed':
      return null;
  }
}

export function lapse(before: WorkspaceFacts, now: number): Verdict {
  const silent = now - (before.last_beat_at ?? before.since);
  const limit = lapseAfterMs(before.interval_seconds);
  const evidence = {
    last_beat_at: before.last_beat_at,
    silent_ms: silent,
    limit_ms: limit,
    interval_seconds: before.interval_seconds,
    boot_id: before.boot_id,
    active_tasks: before.active_tasks,
    current_task: before.current_task,
  };
  const to = before.provisioned ? 'offline' : 'awaiting_agent';
  return settled({ ...before, late: false }, { to, cause: 'lapse', reason: lapseReason(silent), evidence }, now);
}

function failStart(before: WorkspaceFacts, options: ClockOptions, now: number): Verdict {
  const output = options.output ?? '';
  const waited = now - before.expected_since;
  const evidence = { expected_since: before.expected_since, waited_ms: waited, output: lastWords(output) };
  return settled({ ...before }, { to: 'failed', cause: 'no_first_beat', reason: noFirstBeatReason(waited, output), evidence }, now);
}

/** Our provisioner saw its process end, unasked. What it was doing stays readable; its uptime is over. */
export function applyProcessEnd(before: WorkspaceFacts, end: ProcessEnd, now: number): Verdict {
  const facts: WorkspaceFacts = { ...before, ended_at: now, uptime_seconds: null, late: false };
  if (isOwned(before.status) || before.status === 'failed') return verdict(facts);
  const evidence = {
    code: end.code,
    signal: end.signal,
    output: lastWords(end.output),
    restarting: end.restarting,
    boot_id: before.boot_id,
    active_tasks: before.active_tasks,
    current_task: before.current_task,
  };
  return settled(facts, { to: 'offline', cause: 'process_ended', reason: processEndReason(end), evidence }, now);
}

/** Our provisioner stopped starting it again. */
export function applyGaveUp(
  before: WorkspaceFacts,
  end: { restarts: number; window_seconds: number; output: string },
  now: number,
): Verdict {
  const facts: WorkspaceFacts = { ...before, ended_at: before.ended_at ?? now, uptime_seconds: null, late: false };
  if (isOwned(before.status)) return verdict(facts);
  const evidence = { restarts: end.restarts, window_seconds: end.window_seconds, output: lastWords(end.output) };
  return settled(
    facts,
    { to: 'failed', cause: 'start_failed', reason: gaveUpReason(end.restarts, end.window_seconds, end.output), evidence },
    now,
  );
}

/** Our provisioner could not start it; `failure` is what it said. */
export function applyStartFailure(before: WorkspaceFacts, failure: StartFailure, now: number): Verdict {
  const facts: WorkspaceFacts = { ...before, ended_at: before.ended_at ?? now, uptime_seconds: null, late: false };
  if (isOwned(before.status)) return verdict(facts);
  const evidence = { code: failure.code, signal: failure.signal, output: lastWords(failure.output) };
  return settled(facts, { to: 'failed', cause: 'start_failed', reason: startFailureReason(failure), evidence }, now);
}

/** An operator stopped it. `by` is a name for people. */
export function applyStop(before: WorkspaceFacts, by: string, now: number, why: string | null = null): Verdict {
  if (before.status === 'removed') return verdict(before);
  return settled(
    { ...before, late: false },
    { to: 'paused', cause: 'stopped', reason: why ? `Stopped by ${by}: ${why}` : `Stopped by ${by}`, evidence: { by, was: before.status } },
    now,
  );
}

/** It was started here (by a person, or again by the provisioner). What already beats stays as it is. */
export function applyStart(before: WorkspaceFacts, now: number): Verdict {
  const alive = before.status === 'online' || before.status === 'degraded';
  if (alive || before.status === 'removed') return verdict(before);
  const facts: WorkspaceFacts = { ...before, provisioned: true, expected_since: now };
  if (before.status === 'draining' || before.status === 'restarting') return verdict(facts);
  return settled(
    facts,
    { to: 'provisioning', cause: null, reason: '', told: 'It was started', evidence: { previous_cause: before.cause } },
    now,
  );
}

/** A call with its id and a token that is not its own was refused: a flag until the next accepted beat. */
export function applyTokenRejected(before: WorkspaceFacts, now: number): Verdict {
  return verdict({ ...before, token_rejected_at: now });
}

/** An operator removed it; nothing brings it back. */
export function applyRemove(before: WorkspaceFacts, by: string, now: number): Verdict {
  if (before.status === 'removed') return verdict(before);
  return settled(
    { ...before, late: false },
    { to: 'removed', cause: null, reason: `Removed by ${by}`, evidence: { by, was: before.status } },
    now,
  );
}
