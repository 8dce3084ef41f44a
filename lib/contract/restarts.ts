import { z } from 'zod';
import type { ShownDelegation } from './delegations.ts';
import { eventActorSchema } from './events.ts';
import { inFlightTaskSchema } from './heartbeat.ts';
import { plainLine } from './plain-line.ts';
import { MAX_DEADLINE_SECONDS, MAX_RUN_REASON, RUN_KINDS, RUN_ORIGINS, RUN_STEPS } from './restart-steps.ts';

/** Deadlines that the page offers, in seconds; null: none. */
export const DEADLINES_OFFERED = [60, 900, 3600, null] as const;
export const DEFAULT_DEADLINE_SECONDS = 60;

const deadlineSeconds = z.number().int().min(0).max(MAX_DEADLINE_SECONDS).nullable();
const reason = plainLine(MAX_RUN_REASON);

/** POST /workspaces/:id/restart. A run that is under way is joined: its deadline and reason stay, `force` applies. */
export const restartSchema = z.object({
  /** How long work in flight may take; null: as long as it takes. Absent: 60. */
  deadline_seconds: deadlineSeconds.default(DEFAULT_DEADLINE_SECONDS),
  /** Does not wait for work in flight at all: it is cancelled, listed in the snapshot, and its messages come again. */
  force: z.boolean().default(false),
  reason: reason.nullish(),
  /** Finish the work and take nothing new, and leave the process as it is. */
  drain_only: z.boolean().default(false),
  /** Start from this older snapshot of the workspace instead of the one that the drain saves (which is kept too). */
  restore_snapshot_id: z.string().min(1).max(64).nullish(),
});
export type RestartRequest = z.input<typeof restartSchema>;

/** POST /workspaces/:id/pause: the workspace and all below it, children first. */
export const pauseSchema = z.object({
  deadline_seconds: deadlineSeconds.default(DEFAULT_DEADLINE_SECONDS),
  force: z.boolean().default(false),
  reason: reason.nullish(),
  /** Whether everything below it is paused too. */
  subtree: z.boolean().default(true),
});
/** POST /workspaces/:id/resume: parents first. */
export const resumeSchema = z.object({ reason: reason.nullish(), subtree: z.boolean().default(true) });

/** How the drain signal was taken. All but `acknowledged` fall back to watching `active_tasks`. */
export const SIGNAL_OUTCOMES = [
  'acknowledged',
  'not_supported',
  'refused',
  'unreachable',
  'timed_out',
  'bad_answer',
  'no_address',
] as const;
export type SignalOutcome = (typeof SIGNAL_OUTCOMES)[number];

/** One stamped step. `detail` says what was found: which keys, is in `docs/restart.md`. */
export const runStampSchema = z.object({
  step: z.enum(RUN_STEPS),
  /** Epoch milliseconds of the platform's clock. */
  at: z.number().int(),
  detail: z.record(z.string(), z.unknown()),
});
export type RunStamp = z.infer<typeof runStampSchema>;

/** What came back: the state of the new process beside the snapshot that it was given. */
export const restoredSchema = z.object({
  /** Whether the new process showed what it restored; false: it cannot, `why` says so. */
  confirmed: z.boolean(),
  why: z.string(),
  session_id: z.string().nullable(),
  /** Null: not known, or there was none to resume. */
  session_resumed: z.boolean().nullable(),
  transcript_lines: z.number().int(),
  completed_messages: z.number().int(),
  /** What the new process holds otherwise than the snapshot that it was given, in words; empty: nothing, or not known. */
  differences: z.array(z.string()),
});
export type Restored = z.infer<typeof restoredSchema>;

/** A restart run as lists show it. Texts may come from agents. */
export const restartRunSchema = z.object({
  id: z.string(),
  workspace_id: z.string(),
  /** The workspace's name when the run was asked for. */
  workspace_name: z.string(),
  kind: z.enum(RUN_KINDS),
  state: z.enum(RUN_STEPS),
  origin: z.enum(RUN_ORIGINS),
  actor: eventActorSchema,
  reason: z.string().nullable(),
  requested_at: z.number().int(),
  ended_at: z.number().int().nullable(),
  deadline_seconds: deadlineSeconds,
  /** When the deadline passes; null before the signal, and without a limit. */
  deadline_at: z.number().int().nullable(),
  force: z.boolean(),
  /** Whether Canvas itself stops and starts it; if not, a run drains and waits for the new process. */
  provisioned: z.boolean(),
  signal: z.object({ outcome: z.enum(SIGNAL_OUTCOMES), detail: z.string(), ms: z.number() }).nullable(),
  /** What was at work when it was signalled. */
  in_flight: z.array(inFlightTaskSchema),
  /** What is still at work, as last heard. While draining only. */
  still_in_flight: z.array(inFlightTaskSchema),
  /** What the deadline or a force cut off. */
  unfinished: z.array(inFlightTaskSchema),
  boot_id_before: z.string().nullable(),
  boot_id_after: z.string().nullable(),
  snapshot_id: z.string().nullable(),
  restore_snapshot_id: z.string().nullable(),
  restored: restoredSchema.nullable(),
  /** Starts tried so far; a second one follows a first that failed. */
  attempts: z.number().int(),
  failure: z.object({ step: z.enum(RUN_STEPS), why: z.string(), output: z.string() }).nullable(),
  /** What it waits for now, in words; empty when it does not. */
  waits_for: z.string(),
  bulk_id: z.string().nullable(),
  /** Shared by the runs of one pause or resume of a subtree. */
  group_id: z.string().nullable(),
  /** Grows with every change of the run. */
  rev: z.number().int(),
});
export type RestartRun = z.infer<typeof restartRunSchema>;

/** How it went for the messages that this run held back. */
export interface RunQueue {
  waiting: number;
  delivered: number;
  failed: number;
}

/** What a person may do to a run now, with the price of it in words. Absent: it makes no sense at this step. */
export interface RunChoices {
  cancel?: { label: string; cost: string };
  force?: { label: string; cost: string };
  start_again?: { label: string; cost: string };
}

/** GET /restarts/:run, and the 202 of everything that begins or changes one. */
export interface RestartRunDetail extends RestartRun {
  steps: RunStamp[];
  queue: RunQueue;
  may: RunChoices;
}

/** GET /restarts and GET /workspaces/:id/restarts, newest first. */
export const restartsQuerySchema = z.object({
  active: z.enum(['true', 'false']).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
/** A run in a list. Messages are remembered for some days after they ended; of an older run there are none. */
export interface ListedRun extends RestartRun {
  queue: RunQueue;
}
export interface RestartPage {
  items: ListedRun[];
  next: string | null;
  now: number;
}

/** GET /workspaces/:id/restart-preview: what the sheet shows before anybody decides. */
export interface RestartPreview {
  workspace_id: string;
  now: number;
  /** Whether Canvas can stop and start it; when not, only the drain is offered and `why_not` says so. */
  can_restart: boolean;
  can_drain: boolean;
  why_not: string;
  in_flight: z.infer<typeof inFlightTaskSchema>[];
  /** Tasks in flight, also when the runtime does not name them. */
  active_tasks: number;
  current_task: string;
  /** What it asked of others and has no answer to yet, the newest first, at most 20: the answers wait for it. */
  delegations: ShownDelegation[];
  /** A run that is under way already: a restart would join it. */
  run: RestartRunDetail | null;
  /** The newest run that ended, for "last restart". */
  last_run: RestartRunDetail | null;
}
