import { z } from 'zod';
import { plainLine } from './plain-line.ts';
import { wellFormedJson } from './well-formed.ts';

/** Body limit of POST /workspaces/:id/a2a, in bytes; more is refused with 413, never cut. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
/** How long a message waits for its workspace before it expires. */
export const MESSAGE_TTL_MS = 24 * 3_600_000;
/** The longest a caller may wait for an answer with `Prefer: wait=N`, in seconds. */
export const MAX_WAIT_SECONDS = 600;

/** Why a message was dropped whose asker left the stream of its answer: nobody else waited for it. */
export const ASKER_LEFT = 'Who asked left';

/**
 * Where a message to a workspace is.
 *
 *   waiting     in the store, for its workspace to be there and have room, or for an earlier one of the same sender
 *   delivering  handed to the agent, its answer is not back; a crash of either side brings it back to `waiting`, marked
 *   answered    the agent answered (also with a task that failed, or a refusal of the message itself)
 *   failed      it could not be delivered, and a person must decide: retry or drop
 *   dropped     an operator dropped it, with a reason
 *   expired     it waited for 24 hours
 */
export const MESSAGE_STATES = ['waiting', 'delivering', 'answered', 'failed', 'dropped', 'expired'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** One row of the delivery queue; never the message itself, whose text is the agents' own affair. */
export interface QueuedMessage {
  queue_id: string;
  workspace_id: string;
  /** The workspace that sent it; null: a person, or a program with an API token. */
  sender_id: string | null;
  sender_name: string;
  /** The A2A `messageId`: the same in every attempt. */
  message_id: string;
  /** The beginning of its text, scrubbed, at most 200 characters. Hostile until shown as plain text. */
  summary: string;
  state: MessageState;
  attempts: number;
  /** Whether an earlier attempt may have been begun: the agent is told so with the message. */
  redelivered: boolean;
  created_at: number;
  expires_at: number;
  /** When it was last handed over. */
  delivered_at: number | null;
  ended_at: number | null;
  /** Why it waits, failed or was dropped. */
  why: string;
  /** The run that held it back; null: none did. */
  run_id: string | null;
  /** The trace that it belongs to; null: it was kept before there were traces. */
  trace_id: string | null;
  /** The delegation that it carries. */
  delegation_id: string | null;
}

/** POST /workspaces/:id/a2a when the answer is not there yet: 202. Ask GET /workspaces/:id/a2a/queue/:qid for it. */
export interface QueuedAnswer {
  queued: true;
  queue_id: string;
  /** How many messages to this workspace wait, with this one. */
  queue_depth: number;
}

/** GET /workspaces/:id/a2a/queue/:qid: the row, and the agent's JSON-RPC answer once it is `answered` (scrubbed of secrets). */
export interface QueuedMessageDetail extends QueuedMessage {
  answer: unknown;
}

/** GET /workspaces/:id/a2a/queue: what waits or failed first, oldest first, then the newest that ended. */
export const queueQuerySchema = z.object({
  state: z.enum(['open', 'ended', 'all']).default('open'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export interface QueuePage {
  items: QueuedMessage[];
  waiting: number;
  failed: number;
  now: number;
}

/** POST …/queue/:qid/answer: what the agent would have answered in JSON-RPC. One of the two. */
export const answerMessageSchema = z
  .object({
    result: z.record(z.string(), z.unknown()).optional().transform(wellFormedJson),
    error: z
      .looseObject({ code: z.number().int(), message: z.string().max(8000) })
      .optional()
      .transform(wellFormedJson),
  })
  .refine(({ result, error }) => (result === undefined) !== (error === undefined), 'give either "result" or "error"');

/** POST …/queue/:qid/drop: the reason is kept, and told to a sender that still waits. */
export const dropMessageSchema = z.object({ reason: plainLine(500) });
