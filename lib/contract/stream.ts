import type { LedgerEvent } from './events.ts';
import type { MinuteLetter } from './workspace-status.ts';
import type { RunOnCard, WorkspaceCard } from './workspaces.ts';

/** A live change of one workspace between two ledger events: the fields a beat can move, and the minute it falls in. */
export interface WorkspacePatch {
  id: string;
  rev: number;
  late: boolean;
  token_rejected_at: number | null;
  active_tasks: number;
  current_task: string;
  uptime_seconds: number | null;
  boot_id: string | null;
  interval_seconds: number;
  last_error_rate: number | null;
  last_requests: number | null;
  last_sample_error: string;
  last_heartbeat_at: number | null;
  reason: string;
  run: RunOnCard | null;
  queued: number;
  activity: number;
  /** [minute since the epoch, its letter so far] */
  minute: [number, MinuteLetter];
}

/**
 * GET /events (text/event-stream): the SSE event name of each frame, and its data.
 * - `hello` once per connection. `epoch` names this ledger; the SSE id of every `ledger` frame is `epoch:seq`.
 * - `reset` when the asked-for position is unknown or too far behind: fetch everything again. It carries the new position as its id.
 * - `ledger` one change, in order, with the workspace as it is now (null when it was removed or the event names none).
 * - `beats` coalesced live facts: the first change after a quiet moment at once, then at most every 250 ms. It has no id.
 * A comment line is sent every 15 s so that both ends can tell silence from a dead connection.
 */
export interface StreamFrames {
  hello: { epoch: string; seq: number; now: number; build: string };
  reset: { why: 'unknown_epoch' | 'too_far_behind' | 'slow_reader'; seq: number; now: number };
  ledger: { event: LedgerEvent; workspace: WorkspaceCard | null; now: number };
  beats: { now: number; items: WorkspacePatch[] };
}
export type StreamFrame = { [K in keyof StreamFrames]: { name: K; id: string | null; data: StreamFrames[K] } }[keyof StreamFrames];

export const PING_EVERY_MS = 15_000;
export const COALESCE_MS = 250;
/** A reader that is further behind than this many ledger rows is reset instead of replayed. */
export const REPLAY_LIMIT = 5000;
