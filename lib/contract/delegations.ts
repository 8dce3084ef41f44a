import { z } from 'zod';
import { plainLine } from './plain-line.ts';
import { wellFormed } from './well-formed.ts';
import { workspaceIdSchema } from './workspaces.ts';

/**
 * Where a delegation is (contract §7).
 *
 *   pending      kept; not handed to the target's queue yet
 *   dispatched   in the target's queue, its turn comes
 *   queued       in the target's queue, and the target cannot take it now (restart, wedge, offline, paused…)
 *   in_progress  with the target's agent
 *   completed    the target answered
 *   failed       it will come to no answer; `error` says why, for a person
 *   expired      its time passed before there was an answer
 */
export const DELEGATION_STATES = ['pending', 'dispatched', 'queued', 'in_progress', 'completed', 'failed', 'expired'] as const;
export type DelegationState = (typeof DELEGATION_STATES)[number];
export const ENDED_DELEGATION_STATES = ['completed', 'failed', 'expired'] as const satisfies readonly DelegationState[];
export type EndedDelegationState = (typeof ENDED_DELEGATION_STATES)[number];

/** A result up to this many bytes of UTF-8 is kept whole; a longer one is cut at a character, and marked. */
export const MAX_RESPONSE_BYTES = 64 * 1024;
export const MAX_PREVIEW_CHARS = 4096;
export const MAX_DELEGATION_SUMMARY = 200;
export const DEFAULT_DELEGATION_TTL_MS = 6 * 3_600_000;
/** The same `idempotency_key` of the same workspace means the same delegation for so long. */
export const IDEMPOTENCY_MS = 24 * 3_600_000;

/** One row a delegation, newest first (GET /workspaces/:id/delegations). All texts are agents' own: hostile until shown as plain text. */
export interface DelegationRow {
  delegation_id: string;
  source_id: string;
  target_id: string;
  /** The beginning of the task, scrubbed, one line of at most 200 characters. */
  summary: string;
  status: DelegationState;
  /** At most 4,096 characters of the result, scrubbed. */
  response_preview: string;
  /** Why it failed or expired. */
  error: string;
  created_at: number;
  updated_at: number;
  /** When it was first with the target's agent; null: never yet. */
  started_at: number | null;
  ended_at: number | null;
  /** When it expires, or did. */
  expires_at: number;
  attempts: number;
  /** Ended by a person, not by itself. */
  cancelled: boolean;
  /** `recorded`: its source handed it over by itself and says how it goes; the platform only keeps account. */
  origin: 'platform' | 'recorded';
  trace_id: string;
  span_id: string;
  /** The span (a message or a delegation) that caused it; null: it is the root. */
  parent_span_id: string | null;
  /** Its message in the target's queue; null: not there yet, or recorded. */
  queue_id: string | null;
  /** Whether its result was longer than what is kept. */
  response_cut: boolean;
}

/** Why a delegation that has not ended needs a person, in words, and what they can do. */
export interface StuckDelegation {
  why: string;
  advice: readonly ('retry' | 'cancel' | 'open_target')[];
}

/** As pages show it. */
export interface ShownDelegation extends DelegationRow {
  source_name: string;
  target_name: string;
  stuck: StuckDelegation | null;
  /** Why it waits now, in words without their full stop, from its first moment on: "Atlas is paused". Empty: it does not wait, or its turn comes. */
  waits_for: string;
}

/** GET /delegations/:did: with the whole task and result (each scrubbed), for the operator and the workspaces at both ends. */
export interface DelegationDetail extends ShownDelegation {
  task: string;
  response: string;
}

export const delegationsQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});

/** GET /delegations: all of them, newest first. `state` takes a comma-separated list, `open`, `ended` or `stuck`. */
export const allDelegationsQuerySchema = delegationsQuerySchema.extend({
  state: z.string().max(200).optional(),
  /** Given by, given to, or either. */
  source: workspaceIdSchema.optional(),
  target: workspaceIdSchema.optional(),
  workspace: workspaceIdSchema.optional(),
  trace: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  /** Text in the summary, any case; of the newest 20,000 that fit the rest, and on each further page of as many. */
  q: z.string().max(200).optional(),
});
export interface DelegationPage {
  items: ShownDelegation[];
  next: string | null;
  /** Of all delegations, not of the filtered ones. `ended` states count the last 24 hours. */
  counts: Record<DelegationState, number> & { stuck: number };
  now: number;
}

/** POST /workspaces/:id/delegate. */
export const delegateSchema = z.object({
  target_id: workspaceIdSchema,
  /** What is asked for; the body as a whole is at most 1 MB. */
  task: z
    .string()
    .min(1)
    .overwrite(wellFormed)
    .refine((task) => task.trim() !== '', 'the task is empty'),
  idempotency_key: z.string().min(1).max(256).overwrite(wellFormed).nullish(),
  /** Ends unanswered after this many seconds; 6 hours when absent. */
  expires_in_seconds: z
    .number()
    .min(1)
    .max(7 * 86_400)
    .nullish(),
  /** The work that causes it (W3C trace context). */
  traceparent: z.string().max(100).nullish(),
});
export interface DelegateAnswer {
  delegation_id: string;
  status: 'delegated';
  target_id: string;
  trace_id: string;
  idempotent_hit?: true;
}

/** Whole: to cut it before its secrets are known would leave a part of one. The body as a whole is at most 1 MB. */
const toldText = z.string().overwrite(wellFormed).nullish();

/** POST /workspaces/:id/delegations/record: one that the workspace handed over itself. */
export const recordDelegationSchema = z.object({
  target_id: workspaceIdSchema,
  task: z.string().min(1).overwrite(wellFormed),
  delegation_id: workspaceIdSchema.nullish(),
  status: z.enum(DELEGATION_STATES).default('dispatched'),
  response_preview: toldText,
  error: toldText,
  traceparent: z.string().max(100).nullish(),
});

/** POST /workspaces/:id/delegations/:did/update. A delegation that has ended does not change any more (409, unless it says the same). */
export const updateDelegationSchema = z.object({
  status: z.enum(DELEGATION_STATES),
  response_preview: toldText,
  error: toldText,
});

/** POST /delegations/:did/cancel. */
export const cancelDelegationSchema = z.object({ reason: plainLine(500).nullish() });

/** GET /delegation-edges: who asked whom lately, for the map. */
export const edgesQuerySchema = z.object({ since_secs: z.coerce.number().int().min(60).max(86_400).default(3600) });
export interface DelegationEdge {
  source_id: string;
  target_id: string;
  count: number;
  open: number;
  failed: number;
  last_at: number;
}
export interface DelegationEdges {
  items: DelegationEdge[];
  now: number;
}
