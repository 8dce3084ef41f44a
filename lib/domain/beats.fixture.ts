import type { Heartbeat } from '#lib/contract/heartbeat.ts';
import { applyBeat } from './status-engine.ts';
import type { Verdict } from './verdict.ts';
import { newFacts, type WorkspaceFacts } from './workspace-facts.ts';

/** When the tests begin. */
export const T = 1_000_000_000;
export const METADATA = { capabilities: { session: true } };

export const full = (extra: Partial<Heartbeat> = {}): Heartbeat => ({
  workspace_id: 'a',
  error_rate: 0,
  sample_error: '',
  active_tasks: 0,
  current_task: '',
  uptime_seconds: 100,
  boot_id: 'b1',
  runtime_metadata: METADATA,
  ...extra,
});
/** As the reference runtime sends it when a task starts or ends. */
export const partial = (extra: Partial<Heartbeat> = {}): Heartbeat => ({
  workspace_id: 'a',
  error_rate: 0,
  sample_error: '',
  active_tasks: 3,
  current_task: 'Index the docs',
  uptime_seconds: 0,
  ...extra,
});
export const wedged = (reason = 'SDK init timeout'): Heartbeat => full({ runtime_state: 'wedged', sample_error: reason });

/** Applies beats 10 s apart and answers the last verdict. */
export function beats(start: WorkspaceFacts, ...sent: Heartbeat[]): Verdict {
  let last: Verdict = { facts: start, transition: null, booted: null, token_accepted_again: false };
  for (const [i, beat] of sent.entries()) last = applyBeat(last.facts, beat, T + (i + 1) * 10_000);
  return last;
}
export const online = (...more: Heartbeat[]): WorkspaceFacts => beats(newFacts(true, T), full(), ...more).facts;
