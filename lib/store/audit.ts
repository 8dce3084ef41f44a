import type { EventActor } from '#lib/contract/events.ts';
import type { Db } from './in-transaction.ts';
import { newId } from './new-id.ts';

/** Who did what, when; `detail` holds the facts worth keeping and never a secret. */
export interface NewAudit {
  at: number;
  verb: string;
  actor: EventActor;
  workspace_id: string | null;
  detail: Record<string, unknown>;
}

export async function insertAudit(tx: Db, row: NewAudit): Promise<void> {
  await tx
    .insertInto('audit')
    .values({ ...row, id: newId(), actor: JSON.stringify(row.actor), detail: JSON.stringify(row.detail) })
    .execute();
}

/** Removes what is older than `before` (epoch ms); answers how many rows. */
export async function pruneAudit(db: Db, before: number): Promise<number> {
  const result = await db.deleteFrom('audit').where('at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
