import type { DrainBlock } from '#lib/contract/heartbeat.ts';
import { DEFAULT_INTERVAL_SECONDS } from '#lib/contract/heartbeat.ts';
import type { StatusCause, WorkspaceStatus } from '#lib/contract/workspace-status.ts';

/** All that the status of a workspace is decided from. Plain JSON: it is kept in the store as it is. Times in epoch ms. */
export interface WorkspaceFacts {
  status: WorkspaceStatus;
  cause: StatusCause | null;
  reason: string;
  /** When status and cause began. */
  since: number;
  /** Whether our provisioner runs it: a lapse is then "offline", else "awaiting_agent". */
  provisioned: boolean;
  /** When the current wait for a first beat began: creation, or the last start. */
  expected_since: number;
  late: boolean;
  last_beat_at: number | null;
  last_full_beat_at: number | null;
  last_progress_at: number | null;
  wedged: { reason: string; since: number } | null;
  /** As last reported; what they lead to is in `failing`. */
  error_rate: number | null;
  requests: number | null;
  sample_error: string;
  /** The sample that put it above the error limit, until one falls back under the lower limit; null: not failing. */
  failing: { rate: number; requests: number | null; sample_error: string; since: number } | null;
  /** Requests of reports too small to judge, added up until they can be judged together. */
  small_sample: { requests: number; failed: number };
  active_tasks: number;
  current_task: string;
  uptime_seconds: number | null;
  boot_id: string | null;
  booted_at: number | null;
  /** When the process behind `boot_id` was seen to end; null while no end is known. */
  ended_at: number | null;
  interval_seconds: number;
  capabilities: Record<string, boolean>;
  idle_timeout_seconds: number | null;
  token_rejected_at: number | null;
  drain: DrainBlock | null;
}

export function newFacts(provisioned: boolean, now: number): WorkspaceFacts {
  return {
    status: provisioned ? 'provisioning' : 'awaiting_agent',
    cause: provisioned ? null : 'not_connected',
    reason: '',
    since: now,
    provisioned,
    expected_since: now,
    late: false,
    last_beat_at: null,
    last_full_beat_at: null,
    last_progress_at: null,
    wedged: null,
    error_rate: null,
    requests: null,
    sample_error: '',
    failing: null,
    small_sample: { requests: 0, failed: 0 },
    active_tasks: 0,
    current_task: '',
    uptime_seconds: null,
    boot_id: null,
    booted_at: null,
    ended_at: null,
    interval_seconds: DEFAULT_INTERVAL_SECONDS,
    capabilities: {},
    idle_timeout_seconds: null,
    token_rejected_at: null,
    drain: null,
  };
}
