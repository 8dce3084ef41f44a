import type { API_TOKEN_ENDPOINTS } from '#lib/contract/restart-endpoints.ts';
import { createApiToken, listApiTokens, revokeApiToken } from '#lib/platform/api-token-verbs.ts';
import type { Call } from './call.ts';

export const API_TOKEN_HANDLERS: Record<keyof typeof API_TOKEN_ENDPOINTS, (call: Call) => unknown> = {
  listApiTokens: ({ deps, actor }) => listApiTokens(deps, actor, {}),
  createApiToken: ({ deps, actor, body }) => createApiToken(deps, actor, body as Parameters<typeof createApiToken>[2]),
  revokeApiToken: ({ deps, actor, params }) => revokeApiToken(deps, actor, { token_id: params['token_id'] ?? '' }),
};
