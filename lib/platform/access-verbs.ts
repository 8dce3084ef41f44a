import { z } from 'zod';
import {
  type CreatedToken,
  createTokenSchema,
  JOIN_CODE_TTL_MS,
  type JoinCode,
  ROTATION_OVERLAP_MS,
  type TokenRow,
} from '#lib/contract/access.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { insertJoinCode } from '#lib/store/join-codes.ts';
import { newId } from '#lib/store/new-id.ts';
import { expireOlder, insertToken, revokeToken, tokensOf } from '#lib/store/tokens.ts';
import { eventActorOf } from './actor.ts';
import { allowOperator } from './allow.ts';
import { tokenRow } from './registry-verbs.ts';
import { hashSecret, mintToken, newJoinCode } from './token-book.ts';
import { readVerb, writeVerb } from './verb.ts';

const byId = z.object({ id: workspaceIdSchema });

export const listTokens = readVerb({
  name: 'listTokens',
  input: byId,
  allow: (actor, { id }, deps) => {
    allowOperator(actor);
    deps.fleet.get(id);
  },
  run: async ({ deps, now }, { id }): Promise<TokenRow[]> => {
    const rows = await tokensOf(deps.store.db, id);
    return rows.filter((row) => row.expires_at === null || row.expires_at > now);
  },
});

/** A token more; with `rotate` the older ones end at its first use, or after the overlap (contract §1). */
export const createToken = writeVerb({
  name: 'createToken',
  input: byId.and(createTokenSchema),
  allow: (actor, { id }, deps) => {
    allowOperator(actor);
    deps.fleet.get(id);
  },
  run: async ({ actor, now, tx, deps }, { id, rotate }) => {
    const minted = mintToken(newId());
    await insertToken(tx, tokenRow(minted, id, now));
    if (rotate) await expireOlder(tx, id, minted.id, now + ROTATION_OVERLAP_MS);
    const result: CreatedToken = { auth_token: minted.text, workspace_id: id, token_id: minted.id };
    return {
      result,
      events: [
        {
          type: 'token.created',
          workspace_id: id,
          actor: eventActorOf(actor),
          at: now,
          data: { token_id: minted.id, prefix: minted.prefix, rotate },
        },
      ],
      audit: { workspace_id: id, detail: { token_id: minted.id, rotate } },
      committed: () => {
        deps.tokens.add(minted.hash, { id: minted.id, workspace_id: id, created_at: now, last_used_at: null, expires_at: null });
        if (rotate) deps.tokens.expireOthers(id, minted.id, now + ROTATION_OVERLAP_MS);
      },
    };
  },
});

/** Ends it at once, without overlap. */
export const revoke = writeVerb({
  name: 'revokeToken',
  input: byId.and(z.object({ token_id: workspaceIdSchema })),
  allow: (actor, { id }, deps) => {
    allowOperator(actor);
    deps.fleet.get(id);
  },
  run: async ({ actor, now, tx, deps }, { id, token_id }) => {
    const row = await revokeToken(tx, id, token_id, now);
    if (!row) throw new CanvasError('not_found', `Workspace ${id} has no valid token ${token_id}; it may have ended already.`);
    return {
      result: { status: 'revoked' as const },
      events: [{ type: 'token.revoked', workspace_id: id, actor: eventActorOf(actor), at: now, data: { token_id, prefix: row.prefix } }],
      audit: { workspace_id: id, detail: { token_id } },
      committed: () => deps.tokens.endToken(id, token_id),
    };
  },
});

export const createJoinCode = writeVerb({
  name: 'createJoinCode',
  input: byId,
  allow: (actor, { id }, deps) => {
    allowOperator(actor);
    deps.fleet.get(id);
  },
  run: async ({ actor, now, tx }, { id }) => {
    const code = newJoinCode(id);
    const expires = now + JOIN_CODE_TTL_MS;
    await insertJoinCode(tx, { hash: hashSecret(code), workspace_id: id, created_at: now, expires_at: expires });
    const result: JoinCode = { join_code: code, workspace_id: id, expires_at: expires };
    return {
      result,
      events: [{ type: 'join_code.created', workspace_id: id, actor: eventActorOf(actor), at: now, data: { expires_at: expires } }],
      audit: { workspace_id: id, detail: { expires_at: expires } },
      committed: () => undefined,
    };
  },
});
