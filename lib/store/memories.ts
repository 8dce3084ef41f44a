import { sql } from 'kysely';
import type { MemoryRow } from '#lib/contract/memories.ts';
import type { Db } from './in-transaction.ts';
import { storableText } from './storable-text.ts';

/** `bytes`: of its content in UTF-8. */
export async function insertMemory(tx: Db, { content, ...row }: MemoryRow, bytes: number): Promise<void> {
  await tx
    .insertInto('memories')
    .values({ ...row, content: storableText(content), bytes })
    .execute();
}

/** How many bytes the memories of a workspace have together, each counted as `least` at the least. */
export async function memoryBytes(db: Db, workspaceId: string, least: number): Promise<number> {
  const { bytes } = await db
    .selectFrom('memories')
    .select(sql<number>`sum(case when bytes < ${least} then ${least} else bytes end)`.as('bytes'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  return Number(bytes ?? 0);
}

/** Memories of a workspace, newest first. */
export async function memoriesOf(db: Db, workspaceId: string, limit: number): Promise<MemoryRow[]> {
  return db
    .selectFrom('memories')
    .select(['id', 'workspace_id', 'content', 'scope', 'created_at'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Answers whether it was there. */
export async function removeMemory(tx: Db, workspaceId: string, id: string): Promise<boolean> {
  const result = await tx.deleteFrom('memories').where('workspace_id', '=', workspaceId).where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Those of workspaces that were removed before `before` (epoch ms); answers how many. */
export async function pruneMemories(tx: Db, before: number): Promise<number> {
  const gone = tx.selectFrom('workspaces').select('id').where('removed_at', '<', before);
  const result = await tx.deleteFrom('memories').where('workspace_id', 'in', gone).executeTakeFirst();
  return Number(result.numDeletedRows);
}
