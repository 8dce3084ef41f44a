import { z } from 'zod';
import type { InFlightTask } from './heartbeat.ts';
import type { Snapshot } from './snapshot.ts';

/** How many snapshots of a workspace the platform keeps; the one that an open run needs stays besides. */
export const SNAPSHOTS_KEPT = 20;

/** POST /workspaces/:id/snapshots: a snapshot (`readableSnapshotSchema`) with the drain it belongs to, when there was one. */
export const snapshotUploadSchema = z.object({ run_id: z.string().max(64).nullish() }).loose();

/** A kept snapshot in a list: what it holds in numbers. */
export interface SnapshotRow {
  id: string;
  workspace_id: string;
  /** By the workspace's clock, and by the platform's. */
  taken_at: number;
  received_at: number;
  boot_id: string;
  /** The drain it was taken in; null: a stop, or an exit of its own. */
  run_id: string | null;
  /** `runtime`: it was sent; `fetched`: the platform asked for it because none came. */
  origin: 'runtime' | 'fetched';
  bytes: number;
  current_task: string;
  session_id: string | null;
  transcript_lines: number;
  completed_messages: number;
  unfinished: number;
  redactions: Record<string, number>;
  dropped_sandbox: number;
}

/** GET /snapshots/:id */
export interface SnapshotDetail extends SnapshotRow {
  snapshot: Snapshot;
}

/** GET /snapshots/:id/diff?against=: an id of the same workspace, the one before it, what runs now, or what came back in its run. */
export const snapshotDiffQuerySchema = z.object({ against: z.string().min(1).max(64).default('previous') });

/** A field that differs, each side as it would be shown; null: not there. */
export interface FieldChange {
  field: string;
  before: string | null;
  after: string | null;
}

/** What changed from `before` to `after`. Redacted secrets are markers on both sides; no secret is ever in here. */
export interface SnapshotDiff {
  fields: FieldChange[];
  transcript: {
    /** Lines at the end of `after` that `before` has not, oldest first. */
    added: string[];
    /** Lines of `before` that `after` no longer has, but for those that merely left at the old end. */
    removed: string[];
    /** Lines that both have, in their order. */
    kept: number;
    /** Lines that left at the old end because only the newest 200 are kept. */
    scrolled_out: number;
  };
  completed: { added: number; removed: number };
  redactions: { type: string; before: number; after: number }[];
  unfinished: { before: number; after: number };
  same: boolean;
}
export interface SnapshotDiffAnswer {
  before: SnapshotSide;
  after: SnapshotSide;
  diff: SnapshotDiff;
}
export interface SnapshotSide {
  /** Null: the live state. */
  id: string | null;
  taken_at: number;
  boot_id: string;
}

/**
 * GET /workspaces/:id/snapshots/live: what would be kept if it were saved now. When the runtime cannot show it, the last
 * snapshot (`last`) or nothing (`none`), and why.
 */
export interface LiveSnapshotAnswer {
  source: 'live' | 'last' | 'none';
  why: string;
  now: number;
  bytes: number;
  snapshot: Snapshot | null;
  /** What is at work, by name, as far as the runtime names it. */
  in_flight: InFlightTask[];
  /** The last kept snapshot, to compare with; null: there is none. */
  last: SnapshotRow | null;
  /** From the last kept one to this; null without one of them. */
  since_last: SnapshotDiff | null;
}
