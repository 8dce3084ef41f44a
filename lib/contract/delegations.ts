import { z } from 'zod';
import { workspaceIdSchema } from './workspaces.ts';

/** What a `Date` can hold; a safe integer, and far inside of what a store keeps. */
const LAST_EPOCH_MS = 8.64e15;

export const DELEGATION_STATES = ['pending', 'dispatched', 'queued', 'in_progress', 'completed', 'failed', 'expired'] as const;
export type DelegationState = (typeof DELEGATION_STATES)[number];

/** One row a delegation, newest first (GET /workspaces/:id/delegations). */
export interface DelegationRow {
  delegation_id: string;
  source_id: string;
  target_id: string;
  summary: string;
  status: DelegationState;
  /** At most 4,096 characters. */
  response_preview: string;
  error: string;
  created_at: number;
  updated_at: number;
}

export const delegationsQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});

export const ACTIVITY_TYPES = ['a2a_send', 'a2a_receive', 'task_update', 'agent_log', 'skill_promotion', 'memory_write', 'error'] as const;
export type ActivityType = (typeof ACTIVITY_TYPES)[number];

export interface ActivityRow {
  id: string;
  workspace_id: string;
  activity_type: ActivityType;
  source_id: string | null;
  target_id: string | null;
  method: string | null;
  summary: string;
  request_body: unknown;
  response_body: unknown;
  status: string;
  duration_ms: number | null;
  error_detail: string | null;
  created_at: number;
}

/** GET /workspaces/:id/activity. With `since_id` the rows come ascending (410 when that id is unknown), else newest first. */
export const activityQuerySchema = z.object({
  type: z.enum(ACTIVITY_TYPES).optional(),
  source: z.enum(['canvas', 'agent']).optional(),
  peer_id: workspaceIdSchema.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  since_secs: z.coerce
    .number()
    .min(0)
    .max(LAST_EPOCH_MS / 1000)
    .optional(),
  since_id: workspaceIdSchema.optional(),
  /** Epoch milliseconds. */
  before_ts: z.coerce.number().min(0).max(LAST_EPOCH_MS).optional(),
});
