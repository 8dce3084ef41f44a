import { z } from 'zod';
import { wellFormed } from './well-formed.ts';
import { workspaceIdSchema } from './workspaces.ts';

/**
 * Why something needs a person, or may interest one. `mass`: many workspaces went down together, and the incident says
 * so instead of one each. The last three are what agents say: their incidents are made of messages.
 */
export const INCIDENT_KINDS = [
  'wedged',
  'failed',
  'offline',
  'token_rejected',
  'degraded',
  'restart_failed',
  'message_failed',
  'mass',
  'injection',
  'agent_message',
  'delegation',
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];
export const SAID_BY_AGENTS = ['injection', 'agent_message', 'delegation'] as const satisfies readonly IncidentKind[];

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const MAX_NOTIFY_CHARS = 8000;
/** So many of an incident's newest entries are kept; `count` counts all. */
export const MAX_ENTRIES = 50;

/**
 * POST /workspaces/:id/notify. `delegation_id` (or the text of the reference runtime) ties it to a delegation: its result is told once.
 * `type` is free; `delegation_result` and `possible_injection` have a meaning.
 */
export const notifySchema = z.object({
  message: z.string().min(1).max(MAX_NOTIFY_CHARS).overwrite(wellFormed),
  type: z.string().max(100).overwrite(wellFormed).nullish(),
  attachments: z
    .array(z.object({ name: z.string().max(255).overwrite(wellFormed), url: z.string().max(2000).overwrite(wellFormed).nullish() }))
    .max(20)
    .nullish(),
  delegation_id: workspaceIdSchema.nullish(),
});
export interface NotifyAnswer {
  status: 'sent';
  incident_id: string;
  /** It was told before: nothing new was filed. */
  duplicate?: true;
}

/** One thing that happened within an incident, in words. Texts of agents are hostile until shown as plain text. */
export interface IncidentEntry {
  id: string;
  at: number;
  kind: 'opened' | 'again' | 'closed' | 'said' | 'assigned';
  text: string;
  /** Names and addresses of what came with a message; never fetched. */
  attachments: { name: string; url?: string | null }[];
}

/**
 * One open incident per workspace and cause (unique in the store). Repeats and flaps raise `count` and `last_at`;
 * recovery closes it, and it is not filed again by the same facts.
 */
export interface Incident {
  id: string;
  kind: IncidentKind;
  severity: Severity;
  /** Null: it is about many (`mass`). */
  workspace_id: string | null;
  workspace_name: string;
  /** Workspaces that a `mass` incident is about, at most 100; `count` counts all. */
  workspace_ids: string[];
  /** One line: what happened. */
  title: string;
  /** What the workspace itself says, or the newest message; may be long. */
  detail: string;
  count: number;
  opened_at: number;
  last_at: number;
  /** Null: open. */
  closed_at: number | null;
  closed_why: string;
  delegation_id: string | null;
  run_id: string | null;
  queue_id: string | null;
  trace_id: string | null;
  /** Who takes care of it, told to everybody; null: nobody yet. */
  assignee_id: string | null;
  assignee_name: string | null;
  /** The incident that swallowed it: many went down together. */
  part_of: string | null;
  rev: number;
}
