import { z } from 'zod';
import { DELEGATION_STATES } from './delegations.ts';
import { INCIDENT_KINDS, SEVERITIES } from './incidents.ts';
import { RUN_KINDS, RUN_STEPS } from './restart-steps.ts';
import { STATUS_CAUSES, WORKSPACE_STATUSES } from './workspace-status.ts';

/** Who caused it. `name` is for people: an operator's name, "this machine" in the sign-in-free mode, a loop's name. */
export const eventActorSchema = z.object({
  kind: z.enum(['operator', 'workspace', 'platform', 'anonymous']),
  id: z.string().nullable(),
  name: z.string(),
});
export type EventActor = z.infer<typeof eventActorSchema>;

const status = z.enum(WORKSPACE_STATUSES);

/** What each kind of event carries. Text fields may come from agents. */
export const eventDataSchemas = {
  'workspace.created': z.object({ name: z.string(), parent_id: z.string().nullable(), provisioner: z.string() }),
  'workspace.changed': z.object({ fields: z.array(z.string()), name: z.string() }),
  'workspace.removed': z.object({ name: z.string() }),
  'workspace.registered': z.object({ url: z.string().nullable(), delivery_mode: z.string() }),
  'workspace.card_updated': z.object({ name: z.string().nullable() }),
  'workspace.status': z.object({
    from: status,
    to: status,
    cause: z.enum(STATUS_CAUSES).nullable(),
    reason: z.string(),
    /** The facts the decision was made from, as far as they matter to it. */
    evidence: z.record(z.string(), z.unknown()),
  }),
  'workspace.booted': z.object({
    boot_id: z.string().nullable(),
    previous_boot_id: z.string().nullable(),
    /** The boot's first beat said that it is stuck; a status that stays wedged tells nothing of its own. */
    wedged: z.object({ reason: z.string(), since: z.number() }).optional(),
  }),
  'token.created': z.object({ token_id: z.string(), prefix: z.string(), rotate: z.boolean() }),
  'token.revoked': z.object({ token_id: z.string(), prefix: z.string() }),
  'token.rejected': z.object({ why: z.string() }),
  'token.accepted_again': z.object({}),
  'join_code.created': z.object({ expires_at: z.number() }),
  'join_code.used': z.object({}),
  /** A step of a restart run; `says` is the step in words. */
  'restart.step': z.object({ run_id: z.string(), kind: z.enum(RUN_KINDS), step: z.enum(RUN_STEPS), says: z.string() }),
  'restart.forced': z.object({ run_id: z.string() }),
  'snapshot.saved': z.object({ snapshot_id: z.string(), run_id: z.string().nullable(), bytes: z.number() }),
  /** A message that will not be delivered as things stand. */
  'message.failed': z.object({ queue_id: z.string(), sender_name: z.string(), why: z.string() }),
  'message.expired': z.object({ queue_id: z.string(), sender_name: z.string() }),
  'message.dropped': z.object({ queue_id: z.string(), sender_name: z.string(), why: z.string() }),
  'message.retried': z.object({ queue_id: z.string(), sender_name: z.string() }),
  /** It was given, waits for a target that cannot take it, or has ended. `workspace_id` of the event is the source. */
  'delegation.changed': z.object({
    delegation_id: z.string(),
    target_id: z.string(),
    state: z.enum(DELEGATION_STATES),
    summary: z.string(),
    trace_id: z.string(),
  }),
  /** An incident opened, closed or was assigned; repeats are told at most once in 5 s. */
  'incident.changed': z.object({
    incident_id: z.string(),
    kind: z.enum(INCIDENT_KINDS),
    severity: z.enum(SEVERITIES),
    change: z.enum(['opened', 'again', 'closed', 'assigned']),
    title: z.string(),
    count: z.number(),
  }),
  'bulk.changed': z.object({ bulk_id: z.string(), state: z.string(), why: z.string() }),
  'process.started': z.object({ pid: z.number().nullable(), attempt: z.number() }),
  'process.ended': z.object({ code: z.number().nullable(), signal: z.string().nullable(), output: z.string() }),
  'process.gave_up': z.object({ restarts: z.number(), window_seconds: z.number(), output: z.string() }),
} as const;

export type EventType = keyof typeof eventDataSchemas;

/** An event before the store gave it a place in the ledger. */
export type NewEvent = {
  [T in EventType]: { type: T; workspace_id: string | null; actor: EventActor; at: number; data: z.infer<(typeof eventDataSchemas)[T]> };
}[EventType];

/** One row of the ledger. `seq` is assigned by the store in the transaction of the change; it has no gaps that matter to a reader. */
export type LedgerEvent = NewEvent & { seq: number };
