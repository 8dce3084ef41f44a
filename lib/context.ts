import type { z } from 'zod';
import type { TokenRow } from '#lib/contract/access.ts';
import type { ActivityRow, activityQuerySchema } from '#lib/contract/activity.ts';
import type { BulkRestart, BulkRestartDetail } from '#lib/contract/bulk-restarts.ts';
import type { Channel, DeliveryRow } from '#lib/contract/channels.ts';
import type { allDelegationsQuerySchema, DelegationDetail, DelegationPage } from '#lib/contract/delegations.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import type { BarsAnswer, HistoryAnswer } from '#lib/contract/history.ts';
import type { InboxPage, IncidentDetail, inboxQuerySchema } from '#lib/contract/inbox.ts';
import type { QueuePage } from '#lib/contract/messages.ts';
import type { Preferences } from '#lib/contract/preferences.ts';
import type { RestartPage, RestartRunDetail } from '#lib/contract/restarts.ts';
import type { SnapshotDetail, SnapshotRow } from '#lib/contract/snapshots.ts';
import type { Trace } from '#lib/contract/traces.ts';
import type { ListWorkspaces, WorkspaceDetail, WorkspacePage } from '#lib/contract/workspaces.ts';
import type { Actor } from '#lib/platform/actor.ts';

/** Which runs, newest first: those under way, those that ended, or all. */
interface RunsQuery {
  active?: 'true' | 'false';
  limit?: number;
  cursor?: string;
}

/** The verbs that pages call while they render. Each rejects with a `CanvasError`; tell them apart by `code`. */
export interface PageVerbs {
  listWorkspaces(actor: Actor, input: ListWorkspaces): Promise<WorkspacePage>;
  getWorkspace(actor: Actor, input: { id: string }): Promise<WorkspaceDetail>;
  historyBars(actor: Actor, input: { ids: string[] }): Promise<BarsAnswer>;
  workspaceHistory(actor: Actor, input: { id: string; hours?: number; days?: number }): Promise<HistoryAnswer>;
  workspaceEvents(actor: Actor, input: { id: string }): Promise<LedgerEvent[]>;
  listTokens(actor: Actor, input: { id: string }): Promise<TokenRow[]>;
  workspaceLog(actor: Actor, input: { id: string; lines?: number }): Promise<{ lines: string[] }>;
  sampleTeam(actor: Actor, input: Record<string, never>): Promise<{ exists: boolean; workspaces: string[] }>;
  /** Newest first. */
  listRestarts(actor: Actor, input: RunsQuery): Promise<RestartPage>;
  getRestart(actor: Actor, input: { run: string }): Promise<RestartRunDetail>;
  workspaceRestarts(actor: Actor, input: RunsQuery & { id: string }): Promise<RestartPage>;
  listBulk(actor: Actor, input: Record<string, never>): Promise<BulkRestart[]>;
  getBulk(actor: Actor, input: { id: string }): Promise<BulkRestartDetail>;
  listQueue(actor: Actor, input: { id: string }): Promise<QueuePage>;
  listSnapshots(actor: Actor, input: { id: string }): Promise<SnapshotRow[]>;
  getSnapshot(actor: Actor, input: { snapshot: string }): Promise<SnapshotDetail>;
  /** Newest first, unless asked from an id on. */
  listActivity(actor: Actor, input: z.input<typeof activityQuerySchema> & { id: string }): Promise<ActivityRow[]>;
  /** Newest first. */
  allDelegations(actor: Actor, input: z.input<typeof allDelegationsQuerySchema>): Promise<DelegationPage>;
  getDelegation(actor: Actor, input: { did: string }): Promise<DelegationDetail>;
  getTrace(actor: Actor, input: { trace: string }): Promise<Trace>;
  listInbox(actor: Actor, input: z.input<typeof inboxQuerySchema>): Promise<InboxPage>;
  getIncident(actor: Actor, input: { incident: string }): Promise<IncidentDetail>;
  getPreferences(actor: Actor, input: Record<string, never>): Promise<Preferences>;
  listChannels(actor: Actor, input: Record<string, never>): Promise<Channel[]>;
  /** Newest first. */
  listDeliveries(actor: Actor, input: { channel?: string; limit?: number }): Promise<DeliveryRow[]>;
}

/** What the one server process lends to the pages it renders. */
export interface CanvasContext {
  verbs: PageVerbs;
  /** Who asked for this page, from the header that the server itself sets; null: nobody is signed in and somebody must be. */
  actorOf(headers: { get(name: string): string | null }): Actor | null;
  /** Whether people must sign in (any host but loopback). */
  signIn: boolean;
  /** Whether nobody has an account yet, and the link that was printed at start makes the first one. */
  needsSetUp(): Promise<boolean>;
  /** Whether this Canvas can start workspaces on its own machine. */
  canProvision: boolean;
  /** The address to put in commands that a person pastes on another machine. */
  publicUrl: string;
  version: string;
}

const KEY = Symbol.for('canvas.context');
const shelf = globalThis as unknown as Record<symbol, CanvasContext | undefined>;

/** Called once, before pages are served. Module state is not shared with rendered pages, so the process is the shelf. */
export function provideContext(context: CanvasContext): void {
  shelf[KEY] = context;
}

export function context(): CanvasContext {
  const found = shelf[KEY];
  if (!found) throw new Error('The Canvas server has not provided its context: pages only render inside lib/main.ts');
  return found;
}
