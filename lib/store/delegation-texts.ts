import type { Db } from './in-transaction.ts';
import { storableText } from './storable-text.ts';

/** A delegation's whole task and result. `task` is as its source gave it until the delegation ends, then without secrets. */
export interface DelegationTexts {
  task: string;
  response: string;
}

export async function insertTexts(tx: Db, id: string, { task, response }: DelegationTexts): Promise<void> {
  await tx
    .insertInto('delegation_texts')
    .values({ delegation_id: id, task: storableText(task), response: storableText(response) })
    .execute();
}

export async function textsOf(db: Db, id: string): Promise<DelegationTexts | null> {
  const row = await db.selectFrom('delegation_texts').select(['task', 'response']).where('delegation_id', '=', id).executeTakeFirst();
  return row ?? null;
}

export async function changeTexts(tx: Db, id: string, texts: Partial<DelegationTexts>): Promise<void> {
  const { task, response } = texts;
  await tx
    .updateTable('delegation_texts')
    .set({
      ...(task === undefined ? {} : { task: storableText(task) }),
      ...(response === undefined ? {} : { response: storableText(response) }),
    })
    .where('delegation_id', '=', id)
    .execute();
}

/**
 * Makes a source's key stand for a delegation. Answers the delegation that it stands for already, since `validFrom`
 * (epoch ms); null: for the new one.
 */
export async function claimKey(
  tx: Db,
  row: { source_id: string; key: string; delegation_id: string; created_at: number },
  validFrom: number,
): Promise<string | null> {
  const key = storableText(row.key);
  await tx
    .deleteFrom('delegation_keys')
    .where('source_id', '=', row.source_id)
    .where('key', '=', key)
    .where('created_at', '<', validFrom)
    .execute();
  const claimed = await tx
    .insertInto('delegation_keys')
    .values({ ...row, key })
    .onConflict((conflict) => conflict.columns(['source_id', 'key']).doNothing())
    .executeTakeFirst();
  return (claimed.numInsertedOrUpdatedRows ?? 0n) > 0n ? null : keyHolder(tx, row.source_id, row.key, validFrom);
}

/** The delegation that a source's key stands for since `validFrom` (epoch ms); null: none. */
export async function keyHolder(db: Db, sourceId: string, key: string, validFrom: number): Promise<string | null> {
  const row = await db
    .selectFrom('delegation_keys')
    .select('delegation_id')
    .where('source_id', '=', sourceId)
    .where('key', '=', storableText(key))
    .where('created_at', '>=', validFrom)
    .executeTakeFirst();
  return row?.delegation_id ?? null;
}

/** Removes keys that were given before `before` (epoch ms); answers how many. */
export async function pruneKeys(tx: Db, before: number): Promise<number> {
  const result = await tx.deleteFrom('delegation_keys').where('created_at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
