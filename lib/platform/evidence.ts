import type { WorkspaceEvidence } from '#lib/contract/workspaces.ts';
import type { LiveWorkspace } from './fleet.ts';

/** The facts behind the status, as the detail shows them. */
export function evidenceOf({ facts, instance }: LiveWorkspace): WorkspaceEvidence {
  return {
    last_beat_at: facts.last_beat_at,
    last_full_beat_at: facts.last_full_beat_at,
    last_progress_at: facts.last_progress_at,
    wedged: facts.wedged,
    error_rate: facts.error_rate,
    requests: facts.requests,
    active_tasks: facts.active_tasks,
    boot_id: facts.boot_id,
    booted_at: facts.booted_at,
    token_rejected_at: facts.token_rejected_at,
    capabilities: facts.capabilities,
    idle_timeout_seconds: facts.idle_timeout_seconds,
    process: instance && {
      state: instance.state,
      pid: instance.pid,
      started_at: instance.started_at,
      seen_alive_at: instance.seen_alive_at,
      exit_code: instance.exit_code,
      exit_signal: instance.exit_signal,
      restarts_in_window: instance.restarts_in_window,
    },
  };
}
