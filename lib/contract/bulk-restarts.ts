import { z } from 'zod';
import { eventActorSchema } from './events.ts';
import { plainLine } from './plain-line.ts';
import { MAX_DEADLINE_SECONDS } from './restart-steps.ts';
import { DEFAULT_DEADLINE_SECONDS } from './restarts.ts';
import { workspaceIdSchema } from './workspaces.ts';

export const MAX_BULK = 10_000;

/** POST /bulk-restarts/preview: who would be restarted, by ids or by the query language of the fleet's search box. */
export const bulkPreviewSchema = z
  .object({
    ids: z.array(workspaceIdSchema).max(MAX_BULK).optional(),
    filter: z.string().max(400).optional(),
    busy: z.enum(['wait', 'skip']).default('wait'),
  })
  .refine((input) => (input.ids === undefined) !== (input.filter === undefined), 'give either ids or filter');

export interface BulkCandidate {
  workspace_id: string;
  name: string;
  active_tasks: number;
  /** Why it would be left out; empty: it would be restarted. */
  skip: string;
}
export interface BulkPreview {
  items: BulkCandidate[];
  restarting: number;
  skipped: number;
  now: number;
}

/** POST /bulk-restarts: the frozen set, exactly as it was shown. */
export const bulkRestartSchema = z.object({
  ids: z.array(workspaceIdSchema).min(1).max(MAX_BULK),
  /** How many may be under way at once. */
  concurrency: z.number().int().min(1).max(50).default(3),
  /** `skip`: what has work in flight when its turn comes is left out; `wait`: its work may finish, up to the deadline. */
  busy: z.enum(['wait', 'skip']).default('wait'),
  /** No further ones are begun after so many failed; null: never stop. */
  stop_after_failures: z.number().int().min(1).max(MAX_BULK).nullable().default(1),
  deadline_seconds: z.number().int().min(0).max(MAX_DEADLINE_SECONDS).nullable().default(DEFAULT_DEADLINE_SECONDS),
  force: z.boolean().default(false),
  reason: plainLine(500).nullish(),
});

/**
 *   running  items are begun, up to the concurrency
 *   paused   nothing new is begun (an operator, or too many failures); what is under way goes on
 *   aborted  nothing new is begun any more, the rest is skipped; what is under way goes on to its end
 *   done     every item has its outcome
 */
export const BULK_STATES = ['running', 'paused', 'aborted', 'done'] as const;
export type BulkState = (typeof BULK_STATES)[number];
export const BULK_ITEM_STATES = ['pending', 'running', 'done', 'failed', 'cancelled', 'skipped'] as const;
export type BulkItemState = (typeof BULK_ITEM_STATES)[number];

export const bulkRestartRowSchema = z.object({
  id: z.string(),
  state: z.enum(BULK_STATES),
  /** Why it is paused or aborted; empty otherwise. */
  why: z.string(),
  actor: eventActorSchema,
  reason: z.string().nullable(),
  requested_at: z.number().int(),
  ended_at: z.number().int().nullable(),
  concurrency: z.number().int(),
  busy: z.enum(['wait', 'skip']),
  stop_after_failures: z.number().int().nullable(),
  deadline_seconds: z.number().int().nullable(),
  force: z.boolean(),
  counts: z.record(z.enum(BULK_ITEM_STATES), z.number().int()),
});
export type BulkRestart = z.infer<typeof bulkRestartRowSchema>;

export interface BulkItem {
  workspace_id: string;
  name: string;
  state: BulkItemState;
  run_id: string | null;
  /** Why it failed or was skipped. */
  why: string;
  /** Where its run is; null before and when it was skipped. */
  run_state: string | null;
  ended_at: number | null;
}
export interface BulkRestartDetail extends BulkRestart {
  items: BulkItem[];
}
