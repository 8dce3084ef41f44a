import { z } from 'zod';
import type { DeliveryRow } from './channels.ts';
import { INCIDENT_KINDS, type Incident, type IncidentEntry, type IncidentKind } from './incidents.ts';
import { workspaceIdSchema } from './workspaces.ts';

/** An incident as one person sees it. */
export interface InboxItem extends Incident {
  unread: boolean;
  /** Their mute that covers it; null: none. */
  muted_by: string | null;
  /** Whether they take care of it. */
  mine: boolean;
}

export interface IncidentDetail extends InboxItem {
  /** Newest first. */
  entries: IncidentEntry[];
  deliveries: DeliveryRow[];
}

export const inboxQuerySchema = z.object({
  view: z.enum(['unread', 'open', 'mine', 'all']).default('unread'),
  workspace: workspaceIdSchema.optional(),
  kind: z.enum(INCIDENT_KINDS).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
export interface InboxPage {
  items: InboxItem[];
  next: string | null;
  /** Each at most 1,000. `unread_alerts`: those of `unread` that need a person (critical and warning), which badges and titles count. */
  counts: { unread: number; unread_alerts: number; open: number; mine: number };
  mutes: Mute[];
  now: number;
}

/** POST /inbox/read: some, or (`all`) everything that came up to `before`. `read: false` is the undo. */
export const readInboxSchema = z
  .object({
    ids: z.array(workspaceIdSchema).min(1).max(500).optional(),
    all: z.literal(true).optional(),
    before: z.number().int().optional(),
    read: z.boolean().default(true),
  })
  .refine((body) => (body.ids === undefined) !== (body.all === undefined), 'give either ids or all');

/** Which were changed, newest first and at most 500: given back with the other `read`, that is undone. */
export interface ReadAnswer {
  ids: string[];
  counts: InboxPage['counts'];
}

/** POST /inbox/:incident/assign: to oneself, or to nobody. */
export const assignIncidentSchema = z.object({ to: z.enum(['me', 'nobody']) });

/** A person's mute: of a workspace, of a kind, or of both together; nothing is sent and nothing counts as unread while it lasts. */
export interface Mute {
  id: string;
  workspace_id: string | null;
  workspace_name: string | null;
  kind: IncidentKind | null;
  created_at: number;
  /** Null: until it is taken back. */
  until: number | null;
}
export const createMuteSchema = z
  .object({
    workspace_id: workspaceIdSchema.nullish(),
    kind: z.enum(INCIDENT_KINDS).nullish(),
    /** Epoch ms. */
    until: z.number().int().nullish(),
  })
  .refine((mute) => Boolean(mute.workspace_id) || Boolean(mute.kind), 'name a workspace, a kind, or both');
