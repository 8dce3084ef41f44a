import { z } from 'zod';
import { wellFormed, wellFormedJson } from './well-formed.ts';
import { workspaceIdSchema } from './workspaces.ts';

/** What a `Date` can hold; a safe integer, and far inside of what a store keeps. */
const LAST_EPOCH_MS = 8.64e15;
/** Bodies of an activity row are kept up to this many bytes of JSON; a longer one is replaced by its beginning, marked as cut. */
export const MAX_ACTIVITY_BODY_BYTES = 16 * 1024;
const MAX_SUMMARY = 2000;
const isEmpty = (fields: object) => Object.values(fields).every((value) => value === undefined);

/** Contract §7. `a2a_send`: it sent; `a2a_receive`: it was sent, or got the answer to what it sent. */
export const ACTIVITY_TYPES = ['a2a_send', 'a2a_receive', 'task_update', 'agent_log', 'skill_promotion', 'memory_write', 'error'] as const;
export type ActivityType = (typeof ACTIVITY_TYPES)[number];

/** One row of the log of what happened to a workspace. All texts may come from agents, and are scrubbed of secrets. */
export interface ActivityRow {
  id: string;
  workspace_id: string;
  activity_type: ActivityType;
  /** Who sent it; null: a person, a program with an API token, or the platform. */
  source_id: string | null;
  target_id: string | null;
  method: string | null;
  summary: string;
  request_body: unknown;
  response_body: unknown;
  /** `ok`, `error`, `delivering` (fetched, and not answered yet), or what the sender of the row says. */
  status: string;
  /** Of a message: how long its sender waited in the sender's row, how long it was with the agent in the receiver's. */
  duration_ms: number | null;
  error_detail: string | null;
  created_at: number;
  /** The trace that it belongs to; null: none is known. */
  trace_id: string | null;
}

/**
 * GET /workspaces/:id/activity. With `since_id` the rows come ascending (410 when that id is unknown), else newest first.
 * `type=a2a_receive&status=delivering`: what the workspace fetched and has not answered, oldest first.
 */
export const activityQuerySchema = z
  .object({
    type: z.enum(ACTIVITY_TYPES).optional(),
    status: z.literal('delivering').optional(),
    source: z.enum(['canvas', 'agent']).optional(),
    peer_id: workspaceIdSchema.optional(),
    /** Rows whose summary or error holds this text, any case; of the newest 20,000 that fit the rest. */
    q: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    since_secs: z.coerce
      .number()
      .min(0)
      .max(LAST_EPOCH_MS / 1000)
      .optional(),
    since_id: workspaceIdSchema.optional(),
    /** Epoch milliseconds. */
    before_ts: z.coerce.number().min(0).max(LAST_EPOCH_MS).optional(),
    /** Older than this row of the workspace; with rows of the same millisecond `before_ts` would lose some. */
    before_id: workspaceIdSchema.optional(),
  })
  .refine(({ status, type, limit: _limit, ...others }) => status === undefined || (type === 'a2a_receive' && isEmpty(others)), {
    path: ['status'],
    message: 'goes with type=a2a_receive and limit, and with nothing else',
  });
export type ActivityQuery = z.output<typeof activityQuerySchema>;

const text = (max: number) => z.string().max(max).overwrite(wellFormed);

/** POST /workspaces/:id/activity, as runtimes send it. A `source_id` that is not the workspace's own is refused with 403. */
export const postActivitySchema = z.object({
  activity_type: z.enum(ACTIVITY_TYPES),
  source_id: workspaceIdSchema.nullish(),
  target_id: workspaceIdSchema.nullish(),
  method: text(200).nullish(),
  summary: z
    .string()
    .overwrite((given) => wellFormed(given.slice(0, MAX_SUMMARY)))
    .nullish(),
  request_body: z.unknown().transform(wellFormedJson).optional(),
  response_body: z.unknown().transform(wellFormedJson).optional(),
  status: text(100).nullish(),
  duration_ms: z.number().min(0).max(LAST_EPOCH_MS).nullish(),
  error_detail: text(8000).nullish(),
});
