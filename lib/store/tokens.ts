import type { TokenRow } from '#lib/contract/access.ts';
import type { Db } from './in-transaction.ts';
import type { TokensTable } from './tables.ts';

export type StoredToken = TokensTable;

const SHOWN = ['id', 'prefix', 'created_at', 'last_used_at', 'expires_at'] as const;

export async function insertToken(tx: Db, token: StoredToken): Promise<void> {
  await tx.insertInto('tokens').values(token).execute();
}

/** Every token that is neither revoked nor past its end. */
export async function validTokens(db: Db, now: number): Promise<StoredToken[]> {
  return db
    .selectFrom('tokens')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .orderBy('workspace_id')
    .orderBy('created_at')
    .execute();
}

/** A rotation: every other token of the workspace ends at `expiresAt` at the latest; an earlier end stays. Answers the changed ids. */
export async function expireOlder(tx: Db, workspaceId: string, exceptTokenId: string, expiresAt: number): Promise<string[]> {
  const rows = await tx
    .updateTable('tokens')
    .set({ expires_at: expiresAt })
    .where('workspace_id', '=', workspaceId)
    .where('id', '!=', exceptTokenId)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', expiresAt)]))
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/**
 * The successor `tokenId` was used: the older ones to which a rotation gave an end reach it now. Tokens that were made
 * beside each other, without a rotation, stay valid. Answers the ended ids.
 */
export async function endOlder(tx: Db, workspaceId: string, tokenId: string, now: number): Promise<string[]> {
  const rows = await tx
    .updateTable('tokens')
    .set({ expires_at: now })
    .where('workspace_id', '=', workspaceId)
    .where('id', '!=', tokenId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .where('created_at', '<=', (eb) =>
      eb.selectFrom('tokens as successor').select('successor.created_at').where('successor.id', '=', tokenId),
    )
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Notes when tokens were last used; an older time never replaces a newer one. */
export async function touchTokens(db: Db, uses: readonly { id: string; last_used_at: number }[]): Promise<void> {
  if (uses.length === 0) return;
  const ordered = [...uses].sort((a, b) => (a.id < b.id ? -1 : 1));
  const touch = async (tx: Db) => {
    for (const { id, last_used_at } of ordered) {
      await tx
        .updateTable('tokens')
        .set({ last_used_at })
        .where('id', '=', id)
        .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', last_used_at)]))
        .execute();
    }
  };
  await (db.isTransaction ? touch(db) : db.transaction().execute(touch));
}

/** Ends it at once; answers what may be shown of it, null when the workspace has no such token that is not revoked yet. */
export async function revokeToken(tx: Db, workspaceId: string, id: string, now: number): Promise<TokenRow | null> {
  const row = await tx
    .updateTable('tokens')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .where('revoked_at', 'is', null)
    .returning(SHOWN)
    .executeTakeFirst();
  return row ?? null;
}

/** What may be shown of the tokens of a workspace, newest first; revoked ones are left out, ended ones are not. */
export async function tokensOf(db: Db, workspaceId: string): Promise<TokenRow[]> {
  return db
    .selectFrom('tokens')
    .select(SHOWN)
    .where('workspace_id', '=', workspaceId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** Whether the workspace was ever given a token, valid or not. */
export async function hasAnyToken(db: Db, workspaceId: string): Promise<boolean> {
  const row = await db.selectFrom('tokens').select('id').where('workspace_id', '=', workspaceId).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Whose token it was, valid or not; null when no workspace ever had it. */
export async function workspaceOfToken(db: Db, hash: string): Promise<string | null> {
  const row = await db.selectFrom('tokens').select('workspace_id').where('hash', '=', hash).executeTakeFirst();
  return row?.workspace_id ?? null;
}

/** Ends every token of a workspace at once; for one that is removed. */
export async function revokeAllOf(tx: Db, workspaceId: string, now: number): Promise<void> {
  await tx.updateTable('tokens').set({ revoked_at: now }).where('workspace_id', '=', workspaceId).where('revoked_at', 'is', null).execute();
}
