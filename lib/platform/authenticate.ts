import { CanvasError } from '#lib/contract/errors.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { endOlder, workspaceOfToken } from '#lib/store/tokens.ts';
import type { Actor } from './actor.ts';
import { looksLikeApiToken } from './api-token-book.ts';
import type { Deps } from './deps.ts';
import { isNobodys } from './person.ts';
import { noteRejectedToken } from './rejected-token.ts';
import { type BookedToken, hashSecret } from './token-book.ts';

/**
 * Who carries this bearer: a workspace by its token, a person by an API token. Rejects with `token_rejected`, or `gone`
 * for a token of a workspace that was removed; a token that was valid once also shows on its workspace's card.
 */
export async function authenticate(deps: Deps, bearer: string): Promise<Actor> {
  const now = deps.now();
  if (looksLikeApiToken(bearer)) return personOf(deps, bearer, now);
  const verdict = deps.tokens.verify(bearer, now);
  if (!verdict.ok) {
    const owner = verdict.workspace_id ?? (await workspaceOfToken(deps.store.db, hashSecret(bearer)));
    if (owner !== null) {
      deps.fleet.get(owner);
      await noteRejectedToken(deps, owner, true, now);
    }
    throw new CanvasError(
      'token_rejected',
      'This token is not valid (any more). Read the newest one from its file, or make one on the workspace’s page.',
    );
  }
  const { token } = verdict;
  const { row } = deps.fleet.get(token.workspace_id);
  deps.unflushed.used(token, now);
  await retireOlder(deps, token, now);
  return { kind: 'workspace', id: row.id, name: row.name, token_id: token.id };
}

function personOf(deps: Deps, bearer: string, now: number): Actor {
  const token = deps.apiTokens.find(bearer);
  if (!token || isNobodys(token.person_id, deps)) {
    throw new CanvasError('token_rejected', 'This API token is unknown or was ended. Make a new one: POST /api-tokens.');
  }
  deps.unflushed.usedApiToken(token, now);
  return { kind: 'operator', id: token.person_id, name: token.person_name };
}

/**
 * The first use of a rotated token's successor ends those in their overlap: in memory at once, in the store before the
 * caller is answered. Null when there is none, so that the hot path makes no promise.
 */
export function retireOlder(deps: Deps, token: BookedToken, now: number): Promise<void> | null {
  if (!deps.tokens.hasOlder(token)) return null;
  deps.tokens.endOlder(token);
  return deps.oneAtATime(async () => {
    await inTransaction(deps.store, (tx) => endOlder(tx, token.workspace_id, token.id, now));
  });
}
