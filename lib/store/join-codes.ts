import type { Db } from './in-transaction.ts';

export interface NewJoinCode {
  /** SHA-256 of the code, hex. */
  hash: string;
  workspace_id: string;
  created_at: number;
  expires_at: number;
}

export async function insertJoinCode(tx: Db, code: NewJoinCode): Promise<void> {
  await tx
    .insertInto('join_codes')
    .values({ ...code, used_at: null })
    .execute();
}

/** Uses it up; of two that try at once, one wins. Answers its workspace; null when it is unknown, used or too old. */
export async function spendJoinCode(tx: Db, hash: string, now: number): Promise<string | null> {
  const row = await tx
    .updateTable('join_codes')
    .set({ used_at: now })
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('workspace_id')
    .executeTakeFirst();
  return row?.workspace_id ?? null;
}

/** Removes codes that ended before `before` (epoch ms), used or not. */
export async function pruneJoinCodes(db: Db, before: number): Promise<number> {
  const result = await db.deleteFrom('join_codes').where('expires_at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
