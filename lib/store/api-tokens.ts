import type { ApiTokenRow } from '#lib/contract/api-tokens.ts';
import type { Db } from './in-transaction.ts';
import type { ApiTokensTable } from './tables.ts';

/** A personal API token as it is kept: its SHA-256 and what may be shown of it, never its text. */
export type StoredApiToken = ApiTokensTable;

const SHOWN = ['id', 'name', 'prefix', 'created_at', 'last_used_at'] as const;

export async function insertApiToken(tx: Db, token: StoredApiToken): Promise<void> {
  await tx.insertInto('api_tokens').values(token).execute();
}

/** Every one that is not revoked, of everybody. */
export async function validApiTokens(db: Db): Promise<StoredApiToken[]> {
  return db.selectFrom('api_tokens').selectAll().where('revoked_at', 'is', null).orderBy('id').execute();
}

/** What may be shown of a person's own, newest first; revoked ones are left out. */
export async function apiTokensOf(db: Db, personId: string): Promise<ApiTokenRow[]> {
  return db
    .selectFrom('api_tokens')
    .select(SHOWN)
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** Ends it at once; answers whether the person had such a token that was not revoked yet. */
export async function revokeApiToken(tx: Db, personId: string, id: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('api_tokens')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Notes when they were last used; an older time never replaces a newer one. */
export async function touchApiTokens(tx: Db, uses: readonly { id: string; last_used_at: number }[]): Promise<void> {
  for (const { id, last_used_at } of [...uses].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    await tx
      .updateTable('api_tokens')
      .set({ last_used_at })
      .where('id', '=', id)
      .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', last_used_at)]))
      .execute();
  }
}
