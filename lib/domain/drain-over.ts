import type { RunState, Seen } from './restart-run.ts';

/** Why a drain counts as complete: it says so, it shows no task, or its process is no more. */
export type DrainedHow = 'said' | 'no_tasks' | 'process_ended' | 'new_process';

/**
 * Whether the drain of a signalled run is complete, and why; null: it is not. Complete is a drain only when the runtime
 * says so for this very run, or shows no task in a full beat that came after the signal, or when its process has ended:
 * never because time passed. What a runtime that never heard of the signal shows counts once nothing is on its way to it.
 */
export function drainOver(
  run: Pick<RunState, 'id' | 'signal' | 'signalled_at' | 'boot_id_before'>,
  seen: Pick<Seen, 'facts' | 'under_way' | 'running' | 'can_stop'>,
): DrainedHow | null {
  const { facts } = seen;
  const since = run.signalled_at;
  if (since === null) return null;
  if (facts.booted_at !== null && facts.booted_at >= since && facts.boot_id !== run.boot_id_before) {
    return seen.can_stop ? 'process_ended' : 'new_process';
  }
  // Whenever it ended: perhaps on the way from the last look to the signal.
  if (seen.can_stop && !seen.running) return 'process_ended';
  if (facts.drain?.run_id === run.id) return facts.drain.state === 'drained' ? 'said' : null;
  const fullBeatSince = facts.last_full_beat_at !== null && facts.last_full_beat_at > since;
  return fullBeatSince && facts.active_tasks === 0 && seen.under_way === 0 ? 'no_tasks' : null;
}
