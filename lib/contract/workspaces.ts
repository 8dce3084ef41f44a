import { z } from 'zod';
import { jsonBytes } from './json-bytes.ts';
import { plainLine } from './plain-line.ts';
import { RUN_KINDS, RUN_ORIGINS, RUN_STEPS } from './restart-steps.ts';
import { wellFormedJson } from './well-formed.ts';
import { SHOWN_STATES, STATUS_CAUSES, WORKSPACE_STATUSES } from './workspace-status.ts';

/** All times on the wire are epoch milliseconds of the platform's clock unless a name says otherwise. */
const epochMs = z.number().int();

export const workspaceIdSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9._-]+$/, 'an id has only letters, digits, "." "_" "-"');
export const workspaceNameSchema = plainLine(255);
export const workspaceRoleSchema = plainLine(1000);
export const provisionerKindSchema = z.enum(['none', 'process']);
export type ProvisionerKind = z.infer<typeof provisionerKindSchema>;
export const deliveryModeSchema = z.enum(['push', 'poll']);
export type DeliveryMode = z.infer<typeof deliveryModeSchema>;
export const labelsSchema = z
  .record(
    z
      .string()
      .min(1)
      .max(63)
      .regex(/^[A-Za-z0-9._/-]+$/),
    plainLine(255),
  )
  .refine((labels) => Object.keys(labels).length <= 32, 'at most 32 labels');

/** What the runtime is told about its agent when Canvas starts it: the runtime's own configuration, checked by the runtime. */
export const workspaceConfigSchema = z
  .record(z.string(), z.unknown())
  .refine((config) => jsonBytes(config) <= 64 * 1024, 'config is larger than 64 KB')
  .overwrite(wellFormedJson);

/** The restart run that a workspace is in, as far as its card shows it. */
export const runOnCardSchema = z.object({
  id: z.string(),
  kind: z.enum(RUN_KINDS),
  /** Absent: somebody asked for it. */
  origin: z.enum(RUN_ORIGINS).optional(),
  state: z.enum(RUN_STEPS),
  requested_at: epochMs,
  deadline_at: epochMs.nullable(),
  /** Tasks still at work, as last heard. */
  left: z.number().int(),
  /** Grows with every change of the run: fetch it again. */
  rev: z.number().int(),
});
export type RunOnCard = z.infer<typeof runOnCardSchema>;

/** One workspace as the fleet shows it: identity, status and the newest live facts. Lists are made of these. */
export const workspaceCardSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string().nullable(),
  parent_id: z.string().nullable(),
  /** What runs in it, as its creator named it: "command", "claude-code", "sample"… */
  runtime: z.string().nullable(),
  provisioner: provisionerKindSchema,
  delivery_mode: deliveryModeSchema,
  url: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  created_at: epochMs,
  status: z.enum(WORKSPACE_STATUSES),
  cause: z.enum(STATUS_CAUSES).nullable(),
  /** The status in a sentence, from the agent or from the platform; hostile text until shown as plain text. */
  reason: z.string(),
  /** When the status (with its cause) began. */
  since: epochMs,
  /** More than one interval overdue and not lapsed. */
  late: z.boolean(),
  /** When its token was last refused since its last accepted beat; null when it was not. */
  token_rejected_at: epochMs.nullable(),
  active_tasks: z.number(),
  current_task: z.string(),
  uptime_seconds: z.number().nullable(),
  boot_id: z.string().nullable(),
  interval_seconds: z.number(),
  last_error_rate: z.number().nullable(),
  /** Sample size behind `last_error_rate`; null when the runtime does not say. */
  last_requests: z.number().nullable(),
  last_sample_error: z.string(),
  last_heartbeat_at: epochMs.nullable(),
  /** Null: no run is under way. */
  run: runOnCardSchema.nullable(),
  /** Messages that wait for it, and such that failed. */
  queued: z.number().int(),
  /** How often its activity was written to since the platform started: when it differs, there is something new to read. */
  activity: z.number().int(),
  /** Grows with every change of this workspace; a copy with a lower one is older and never overwrites. */
  rev: z.number(),
});
export type WorkspaceCard = z.infer<typeof workspaceCardSchema>;

/** A row of a plain GET /workspaces, and the body of GET /workspaces/:id before its detail: the card with its agent card. */
export const workspaceRowSchema = workspaceCardSchema.extend({ agent_card: z.record(z.string(), z.unknown()).nullable() });
export type WorkspaceRow = z.infer<typeof workspaceRowSchema>;

/** The facts behind the status, each with when it was learnt. */
export const workspaceEvidenceSchema = z.object({
  last_beat_at: epochMs.nullable(),
  last_full_beat_at: epochMs.nullable(),
  /** When something other than the clock last changed: task, tasks in flight, requests served. */
  last_progress_at: epochMs.nullable(),
  wedged: z.object({ reason: z.string(), since: epochMs }).nullable(),
  error_rate: z.number().nullable(),
  requests: z.number().nullable(),
  active_tasks: z.number(),
  boot_id: z.string().nullable(),
  booted_at: epochMs.nullable(),
  token_rejected_at: epochMs.nullable(),
  capabilities: z.record(z.string(), z.boolean()),
  idle_timeout_seconds: z.number().nullable(),
  /** What the provisioner knows of its process; null when nobody provisioned it here. */
  process: z
    .object({
      state: z.enum(['running', 'ended', 'failed', 'stopped']),
      pid: z.number().nullable(),
      started_at: epochMs.nullable(),
      seen_alive_at: epochMs.nullable(),
      exit_code: z.number().nullable(),
      exit_signal: z.string().nullable(),
      restarts_in_window: z.number(),
    })
    .nullable(),
});
export type WorkspaceEvidence = z.infer<typeof workspaceEvidenceSchema>;

export const workspaceDetailSchema = workspaceRowSchema.extend({
  config: z.record(z.string(), z.unknown()),
  /** Whether a message that arrives while it is paused resumes it. */
  wake_on_message: z.boolean(),
  evidence: workspaceEvidenceSchema,
  /** From the root down to its parent. */
  ancestors: z.array(z.object({ id: z.string(), name: z.string() })),
  children: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type WorkspaceDetail = z.infer<typeof workspaceDetailSchema>;

export const createWorkspaceSchema = z.object({
  name: workspaceNameSchema,
  role: workspaceRoleSchema.nullish(),
  parent_id: workspaceIdSchema.nullish(),
  runtime: plainLine(64).nullish(),
  provisioner: provisionerKindSchema.default('none'),
  config: workspaceConfigSchema.default({}),
  labels: labelsSchema.default({}),
  wake_on_message: z.boolean().default(false),
});
export type CreateWorkspace = z.input<typeof createWorkspaceSchema>;

export const patchWorkspaceSchema = z
  .object({
    name: workspaceNameSchema.optional(),
    role: workspaceRoleSchema.nullish(),
    parent_id: workspaceIdSchema.nullish(),
    runtime: plainLine(64).nullish(),
    config: workspaceConfigSchema.optional(),
    labels: labelsSchema.optional(),
    wake_on_message: z.boolean().optional(),
    /** With a changed `config`: restart it, gracefully, so that the change takes effect. */
    restart: z.boolean().optional(),
  })
  .refine(
    ({ restart, ...patch }) => Object.keys(patch).length > 0,
    'nothing to change: give at least one of name, role, parent_id, runtime, config, labels, wake_on_message',
  );

export const WORKSPACE_SORTS = ['attention', 'name', 'since', 'uptime', 'errors', 'beat', 'tasks'] as const;
export type WorkspaceSort = (typeof WORKSPACE_SORTS)[number];

const commaList = <T extends z.ZodType<unknown, string>>(item: T) =>
  z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(item).max(100));

/** Query of GET /workspaces?page: filtered, sorted, counted and paged by the server. */
export const listWorkspacesSchema = z.object({
  /** Shown states, comma-separated: `state=wedged,offline`. */
  state: commaList(z.enum(SHOWN_STATES)).optional(),
  /** Words that must each occur in name, role, task, runtime, parent's name, id or error text; case does not matter. */
  q: z.string().max(200).optional(),
  runtime: z.string().max(64).optional(),
  parent: z.string().max(64).optional(),
  /** `key=value`. */
  label: z.string().max(400).optional(),
  sort: z.enum(WORKSPACE_SORTS).default('attention'),
  order: z.enum(['asc', 'desc']).default('asc'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(400).optional(),
});
export type ListWorkspaces = z.input<typeof listWorkspacesSchema>;

export interface WorkspacePage {
  items: WorkspaceCard[];
  /** Cursor of the next page; null on the last. */
  next: string | null;
  /** How many match the filter without `state`, by shown state. Zeroes are present. */
  counts: Record<(typeof SHOWN_STATES)[number], number>;
  /** How many match the whole filter. */
  total: number;
  /** The ledger's newest `epoch:seq` included here: where a stream may resume. */
  seq: string;
  /** The platform's clock when this was made. */
  now: number;
}
