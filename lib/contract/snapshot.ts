import { z } from 'zod';

/** The shape that is written. A file of any other number is refused by that number. */
export const SNAPSHOT_SCHEMA = 1;
export const MAX_SNAPSHOT_BYTES = 1024 * 1024;
export const MAX_TRANSCRIPT_LINES = 200;
export const MAX_COMPLETED_IDS = 1000;

const newest = <T>(list: readonly T[], limit: number): T[] => list.slice(-limit);

const unfinishedTaskSchema = z.object({
  id: z.string().max(256),
  /** The A2A message it came with; null: the agent gave itself this work. */
  message_id: z.string().max(256).nullable(),
  summary: z.string().max(2000),
  /** Epoch milliseconds. */
  started_at: z.number(),
});

/** What a workspace saves before it stops. Scrubbed of secrets before it is written or sent, and again on arrival. */
export const snapshotSchema = z.object({
  schema: z.literal(SNAPSHOT_SCHEMA),
  workspace_id: z.string().min(1).max(64),
  /** Epoch milliseconds. */
  timestamp: z.number(),
  boot_id: z.string().max(64),
  /** What was in hand when it was told to stop. */
  current_task: z.string(),
  active_tasks: z.number().int().min(0),
  uptime_seconds: z.number().min(0),
  /** The agent's own name of the conversation it was in; null: it has none. */
  session_id: z.string().nullable(),
  /** Oldest first. */
  transcript_lines: z.array(z.string()).transform((lines) => newest(lines, MAX_TRANSCRIPT_LINES)),
  /** How many of the oldest lines were left out to stay within 1 MB. */
  transcript_lines_dropped: z.number().int().min(0).default(0),
  /** Messages that are done and must never reach the agent again, oldest first. */
  completed_message_ids: z.array(z.string()).transform((ids) => newest(ids, MAX_COMPLETED_IDS)),
  /** What was at work when the deadline passed, and was cancelled: to be done again. Empty after a clean drain. */
  unfinished: z.array(unfinishedTaskSchema).max(500).default([]),
  /** Whatever else the agent wants back. */
  adapter: z.record(z.string(), z.unknown()),
  /** Secrets taken out, by type. */
  redactions: z.record(z.string(), z.number()),
  /** Pieces of sandbox output left out. */
  dropped_sandbox: z.number().int().min(0),
  /** Laid there in place of the newest, because a person chose it: what the agent keeps elsewhere is not preferred to it. */
  chosen: z.literal(true).optional(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

const text = z.string().nullish();
const olderTime = z.union([z.number(), z.string().transform((written) => Date.parse(written) || 0)]).nullish();

/**
 * The older shape: no number of its schema (or the same one), session and transcript under `adapter`, most fields
 * optional, the time as text.
 */
const olderSnapshotSchema = z
  .object({
    schema: z.literal(SNAPSHOT_SCHEMA).optional(),
    workspace_id: z.string().min(1).max(64),
    timestamp: olderTime,
    boot_id: text,
    current_task: text,
    active_tasks: z.number().nullish(),
    uptime_seconds: z.number().nullish(),
    completed_message_ids: z.array(z.string()).nullish(),
    adapter: z.looseObject({ session_id: text, transcript_lines: z.array(z.unknown()).nullish() }),
    /** Where it stands here, the shape is that of today: with a field that is wrong it must not pass for an older one and lose the rest. */
    transcript_lines: z.never().optional(),
  })
  .transform(
    ({ adapter: { session_id, transcript_lines, ...adapter }, ...old }): z.input<typeof snapshotSchema> => ({
      schema: SNAPSHOT_SCHEMA,
      workspace_id: old.workspace_id,
      timestamp: old.timestamp ?? 0,
      boot_id: old.boot_id ?? '',
      current_task: old.current_task ?? '',
      active_tasks: Math.max(0, Math.floor(old.active_tasks ?? 0)),
      uptime_seconds: Math.max(0, old.uptime_seconds ?? 0),
      session_id: session_id ?? null,
      transcript_lines: (transcript_lines ?? []).map((line) => (typeof line === 'string' ? line : JSON.stringify(line))),
      completed_message_ids: old.completed_message_ids ?? [],
      adapter,
      redactions: {},
      dropped_sandbox: 0,
    }),
  )
  .pipe(snapshotSchema);

/** What a snapshot may look like when it is read: the shape of today, else the older one. */
export const readableSnapshotSchema = z.union([snapshotSchema, olderSnapshotSchema]);
