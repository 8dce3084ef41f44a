import { z } from 'zod';
import { type ApiTokenRow, type CreatedApiToken, createApiTokenSchema } from '#lib/contract/api-tokens.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { apiTokensOf, insertApiToken, revokeApiToken as revokeInStore } from '#lib/store/api-tokens.ts';
import { newId } from '#lib/store/new-id.ts';
import type { Actor } from './actor.ts';
import { refuseStranger } from './allow.ts';
import { mintApiToken } from './api-token-book.ts';
import { readVerb, writeVerb } from './verb.ts';

/** A token belongs to a person: neither a workspace nor a loop of the platform has any. */
function personOf(actor: Actor): { id: string; name: string } {
  return actor.kind === 'operator' ? actor : refuseStranger(actor);
}

const allow = (actor: Actor): void => void personOf(actor);

export const listApiTokens = readVerb({
  name: 'listApiTokens',
  input: z.object({}),
  allow,
  run: ({ actor, deps }): Promise<ApiTokenRow[]> => apiTokensOf(deps.store.db, personOf(actor).id),
});

/** A token that may do what its person may. It is in this answer and nowhere else. */
export const createApiToken = writeVerb({
  name: 'createApiToken',
  input: createApiTokenSchema,
  allow,
  run: async ({ actor, now, tx, deps }, { name }) => {
    const person = personOf(actor);
    const { text, hash, prefix } = mintApiToken();
    const id = newId();
    const owner = { person_id: person.id, person_name: person.name };
    await insertApiToken(tx, { id, ...owner, name, hash, prefix, created_at: now, last_used_at: null, revoked_at: null });
    const result: CreatedApiToken = { api_token: text, id, name };
    return {
      result,
      events: [],
      audit: { workspace_id: null, detail: { token_id: id, name, prefix } },
      committed: () => deps.apiTokens.add(hash, { id, ...owner, last_used_at: null }),
    };
  },
});

/** Ends one of one's own at once. */
export const revokeApiToken = writeVerb({
  name: 'revokeApiToken',
  input: z.object({ token_id: workspaceIdSchema }),
  allow,
  run: async ({ actor, now, tx, deps }, { token_id }) => {
    if (!(await revokeInStore(tx, personOf(actor).id, token_id, now))) {
      throw new CanvasError('not_found', `You have no valid API token ${token_id}; it may have ended already.`);
    }
    return {
      result: { status: 'revoked' as const },
      events: [],
      audit: { workspace_id: null, detail: { token_id } },
      committed: () => deps.apiTokens.end(token_id),
    };
  },
});
