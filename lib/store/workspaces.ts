import type { DeliveryMode, ProvisionerKind } from '#lib/contract/workspaces.ts';
import type { Db } from './in-transaction.ts';
import { asStoreError } from './store-error.ts';
import type { WorkspacesTable } from './tables.ts';

export type DesiredState = 'running' | 'stopped';

/** A workspace as it is kept, its JSON parsed. */
export interface StoredWorkspace
  extends Omit<WorkspacesTable, 'labels' | 'config' | 'agent_card' | 'provisioner' | 'delivery_mode' | 'desired' | 'wake_on_message'> {
  provisioner: ProvisionerKind;
  delivery_mode: DeliveryMode;
  labels: Record<string, string>;
  config: Record<string, unknown>;
  agent_card: Record<string, unknown> | null;
  desired: DesiredState;
  /** Whether a message that arrives while it is paused resumes it. */
  wake_on_message: boolean;
}

export type WorkspacePatchRow = Partial<Omit<StoredWorkspace, 'id' | 'created_at' | 'removed_at'>>;

/** A name that its parent already has (among the living) is refused as `conflict` by `inTransaction`. */
export async function insertWorkspace(tx: Db, row: StoredWorkspace): Promise<void> {
  await tx
    .insertInto('workspaces')
    .values({
      ...row,
      labels: JSON.stringify(row.labels),
      config: JSON.stringify(row.config),
      agent_card: cardText(row.agent_card),
      wake_on_message: Number(row.wake_on_message),
    })
    .execute();
}

/** Changes the given columns of one that is not removed; answers the row as it is then, null when there is none. */
export async function updateWorkspace(tx: Db, id: string, patch: WorkspacePatchRow): Promise<StoredWorkspace | null> {
  const { labels, config, agent_card, wake_on_message, ...plain } = patch;
  const columns = {
    ...plain,
    ...(labels === undefined ? {} : { labels: JSON.stringify(labels) }),
    ...(config === undefined ? {} : { config: JSON.stringify(config) }),
    ...(agent_card === undefined ? {} : { agent_card: cardText(agent_card) }),
    ...(wake_on_message === undefined ? {} : { wake_on_message: Number(wake_on_message) }),
  };
  // An UPDATE that sets nothing is no SQL; setting the id to itself answers the row all the same.
  const row = await tx
    .updateTable('workspaces')
    .set({ id, ...columns })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row ? workspaceOf(row) : null;
}

export async function setDesired(tx: Db, id: string, desired: DesiredState, now: number): Promise<StoredWorkspace | null> {
  return updateWorkspace(tx, id, { desired, updated_at: now });
}

/** Answers whether it was there and is removed now; its rows elsewhere stay. */
export async function markRemoved(tx: Db, id: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('workspaces')
    .set({ removed_at: now, updated_at: now })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** All that are not removed, oldest first. */
export async function allWorkspaces(db: Db): Promise<StoredWorkspace[]> {
  const rows = await db.selectFrom('workspaces').selectAll().where('removed_at', 'is', null).orderBy('created_at').orderBy('id').execute();
  return rows.map(workspaceOf);
}

/** The address that it registered, or null. Rejects with `unavailable` when the store does not answer. */
export async function workspaceUrl(db: Db, id: string): Promise<string | null> {
  try {
    const row = await db.selectFrom('workspaces').select('url').where('id', '=', id).executeTakeFirst();
    return row?.url ?? null;
  } catch (thrown) {
    throw asStoreError(thrown);
  }
}

/** Ids of the removed ones: what tells "gone" from "never was". */
export async function removedIds(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('workspaces').select('id').where('removed_at', 'is not', null).execute();
  return rows.map((row) => row.id);
}

function workspaceOf(row: WorkspacesTable): StoredWorkspace {
  return {
    ...row,
    provisioner: row.provisioner as ProvisionerKind,
    delivery_mode: row.delivery_mode as DeliveryMode,
    desired: row.desired as DesiredState,
    wake_on_message: row.wake_on_message === 1,
    labels: JSON.parse(row.labels) as Record<string, string>,
    config: JSON.parse(row.config) as Record<string, unknown>,
    agent_card: row.agent_card === null ? null : (JSON.parse(row.agent_card) as Record<string, unknown>),
  };
}

function cardText(card: Record<string, unknown> | null): string | null {
  return card === null ? null : JSON.stringify(card);
}
