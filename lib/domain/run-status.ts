import type { RunKind } from '#lib/contract/restart-steps.ts';
import { lapseAfterMs } from './liveness.ts';
import { lapse, settleAlive } from './status-engine.ts';
import { lastWords, type StartFailure, startFailureReason } from './status-reasons.ts';
import { settled, type Verdict, verdict } from './verdict.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

const BEFORE: Record<RunKind, string> = { restart: ' before a restart', pause: ' before a pause', drain: '', resume: '' };

/** A run of that kind began to drain it: from now on the run owns the status. `by` is a name for people. */
export function applyDraining(before: WorkspaceFacts, by: string, kind: RunKind, now: number): Verdict {
  if (before.status === 'removed') return verdict(before);
  const reason = `Finishing its work${BEFORE[kind]}, asked for by ${by}`;
  return settled({ ...before, late: false }, { to: 'draining', cause: 'restart', reason, evidence: { by, was: before.status } }, now);
}

/** The run stops it, or starts it again. */
export function applyRestarting(before: WorkspaceFacts, by: string, now: number): Verdict {
  if (before.status === 'removed') return verdict(before);
  const reason = `Restarted by ${by}`;
  return settled({ ...before, late: false }, { to: 'restarting', cause: 'restart', reason, evidence: { by, was: before.status } }, now);
}

/** The run started a process: the wait for its first beat begins. The status stays the run's. */
export function applyRunStart(before: WorkspaceFacts, now: number): Verdict {
  if (before.status === 'removed') return verdict(before);
  return verdict({ ...before, provisioned: true, expected_since: now });
}

/** The run is over, or was cancelled: the status is what the facts say. */
export function applyRunOver(before: WorkspaceFacts, now: number): Verdict {
  if (before.status !== 'draining' && before.status !== 'restarting') return verdict(before);
  const facts: WorkspaceFacts = { ...before, drain: null };
  if (facts.ended_at !== null) {
    const evidence = { ended_at: facts.ended_at, boot_id: facts.boot_id };
    return settled(facts, { to: 'offline', cause: 'process_ended', reason: 'Its process has ended', evidence }, now);
  }
  if (facts.last_beat_at === null) {
    const to = facts.provisioned ? 'provisioning' : 'awaiting_agent';
    return settled(facts, { to, cause: facts.provisioned ? null : 'not_connected', reason: '', evidence: {} }, now);
  }
  if (now - facts.last_beat_at >= lapseAfterMs(facts.interval_seconds)) return lapse(facts, now);
  return verdict(facts, settleAlive(facts, before, null, now));
}

/** The run could not start it, or it ended before its first beat. */
export function applyRunFailed(before: WorkspaceFacts, failure: StartFailure, now: number): Verdict {
  if (before.status === 'removed') return verdict(before);
  const facts: WorkspaceFacts = { ...before, drain: null, ended_at: before.ended_at ?? now, uptime_seconds: null, late: false };
  const evidence = { code: failure.code, signal: failure.signal, output: lastWords(failure.output) };
  return settled(facts, { to: 'failed', cause: 'start_failed', reason: startFailureReason(failure), evidence }, now);
}
