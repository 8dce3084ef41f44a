import type { WorkspaceFacts } from '#lib/domain/workspace-facts.ts';
import type { Db } from './in-transaction.ts';
import { upsertBatches } from './upsert-batches.ts';

export interface SavedFacts {
  facts: WorkspaceFacts;
  saved_at: number;
}

/** Replaces the facts of these workspaces. */
export async function saveFacts(db: Db, rows: readonly { workspace_id: string; facts: WorkspaceFacts }[], savedAt: number): Promise<void> {
  for (const batch of upsertBatches(rows, (row) => row.workspace_id)) {
    await db
      .insertInto('workspace_facts')
      .values(batch.map((row) => ({ workspace_id: row.workspace_id, facts: JSON.stringify(row.facts), saved_at: savedAt })))
      .onConflict((conflict) =>
        conflict.column('workspace_id').doUpdateSet((eb) => ({ facts: eb.ref('excluded.facts'), saved_at: eb.ref('excluded.saved_at') })),
      )
      .execute();
  }
}

/** The facts of every workspace that has some, removed ones too, by workspace id. */
export async function allFacts(db: Db): Promise<Map<string, SavedFacts>> {
  const rows = await db.selectFrom('workspace_facts').selectAll().execute();
  return new Map(rows.map((row) => [row.workspace_id, { facts: JSON.parse(row.facts) as WorkspaceFacts, saved_at: row.saved_at }]));
}
