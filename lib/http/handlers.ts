import { createTokenSchema } from '#lib/contract/access.ts';
import type { EndpointName } from '#lib/contract/endpoints.ts';
import { barsQuerySchema, historyQuerySchema } from '#lib/contract/history.ts';
import { registerSchema } from '#lib/contract/registry.ts';
import { createJoinCode, createToken, listTokens, revoke } from '#lib/platform/access-verbs.ts';
import { listActivity } from '#lib/platform/activity-verbs.ts';
import { historyBars, listDelegations, newestLedger, workspaceEvents, workspaceHistory } from '#lib/platform/history-verbs.ts';
import { startWorkspace, stopWorkspace, workspaceLog } from '#lib/platform/provision-verbs.ts';
import { checkAccess, discover, joinCodeOf, peers, register, updateCard } from '#lib/platform/registry-verbs.ts';
import { removeSampleTeam, sampleTeam, startSampleTeam } from '#lib/platform/sample-team-verbs.ts';
import { parseInput } from '#lib/platform/verb.ts';
import {
  allWorkspaceRows,
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  listWorkspaces,
  patchWorkspace,
} from '#lib/platform/workspace-verbs.ts';
import { A2A_HANDLERS } from './a2a-handlers.ts';
import { API_TOKEN_HANDLERS } from './api-token-handlers.ts';
import { BULK_HANDLERS } from './bulk-handlers.ts';
import type { Call } from './call.ts';
import { bearerOf } from './caller.ts';
import { CHANNEL_HANDLERS } from './channel-handlers.ts';
import { DELEGATION_HANDLERS } from './delegation-handlers.ts';
import { INBOX_HANDLERS } from './inbox-handlers.ts';
import { MEMORY_HANDLERS } from './memory-handlers.ts';
import { QUEUE_HANDLERS } from './queue-handlers.ts';
import { RESTART_HANDLERS } from './restart-handlers.ts';
import { SNAPSHOT_HANDLERS } from './snapshot-handlers.ts';

export type Handler = (call: Call) => unknown;

/** Endpoints that are answered before it is known who calls, or that take the reply over: see `server.ts`. */
export type SpecialEndpoint = 'heartbeat' | 'events' | 'healthz' | 'health' | 'readyz' | 'buildInfo';

const idOf = ({ params }: Call) => ({ id: params['id'] ?? '' });

/** Sessions: see `sign-in-routes.ts`. */
export type SignInEndpoint = 'signIn' | 'signOut' | 'setUp';

/** From a request to a verb's input and back; nothing is decided here. Total over the endpoint table. */
export const HANDLERS: Record<Exclude<EndpointName, SpecialEndpoint | SignInEndpoint>, Handler> = {
  register: ({ deps, actor, body, request }) => {
    const parsed = parseInput(registerSchema, body);
    return register(deps, actor, { ...parsed, join_code: joinCodeOf(bearerOf(request)) });
  },
  updateCard: ({ deps, actor, body }) => updateCard(deps, actor, body as Parameters<typeof updateCard>[2]),
  discover: (call) => discover(call.deps, call.actor, idOf(call)),
  peers: (call) => peers(call.deps, call.actor, { ...call.query, ...idOf(call) }),
  checkAccess: ({ deps, actor, body }) => checkAccess(deps, actor, body as Parameters<typeof checkAccess>[2]),
  listWorkspaces: ({ deps, actor, query }) =>
    'page' in query ? listWorkspaces(deps, actor, query as Parameters<typeof listWorkspaces>[2]) : allWorkspaceRows(deps, actor, {}),
  createWorkspace: ({ deps, actor, body }) => createWorkspace(deps, actor, body as Parameters<typeof createWorkspace>[2]),
  getWorkspace: (call) => getWorkspace(call.deps, call.actor, idOf(call)),
  patchWorkspace: (call) => patchWorkspace(call.deps, call.actor, { ...call.body, ...idOf(call) }),
  deleteWorkspace: (call) =>
    deleteWorkspace(call.deps, call.actor, {
      ...idOf(call),
      ...(call.query['confirm'] === undefined ? {} : { confirm: call.query['confirm'] }),
    }),
  startWorkspace: (call) => startWorkspace(call.deps, call.actor, idOf(call)),
  stopWorkspace: (call) => stopWorkspace(call.deps, call.actor, idOf(call)),
  workspaceLog: (call) => workspaceLog(call.deps, call.actor, { ...call.query, ...idOf(call) }),
  workspaceHistory: (call) => workspaceHistory(call.deps, call.actor, { ...parseInput(historyQuerySchema, call.query), ...idOf(call) }),
  historyBars: ({ deps, actor, query }) => historyBars(deps, actor, parseInput(barsQuerySchema, query)),
  listTokens: (call) => listTokens(call.deps, call.actor, idOf(call)),
  createToken: (call) => createToken(call.deps, call.actor, { ...parseInput(createTokenSchema, call.body), ...idOf(call) }),
  revokeToken: (call) => revoke(call.deps, call.actor, { ...idOf(call), token_id: call.params['token_id'] ?? '' }),
  createJoinCode: (call) => createJoinCode(call.deps, call.actor, idOf(call)),
  listDelegations: async (call) => {
    const { rows, next } = await listDelegations(call.deps, call.actor, { ...call.query, ...idOf(call) });
    if (next !== null) call.reply.header('x-next-cursor', next);
    return rows;
  },
  listActivity: (call) => listActivity(call.deps, call.actor, { ...call.query, ...idOf(call) } as Parameters<typeof listActivity>[2]),
  sampleTeam: ({ deps, actor }) => sampleTeam(deps, actor, {}),
  startSampleTeam: ({ deps, actor }) => startSampleTeam(deps, actor),
  removeSampleTeam: ({ deps, actor }) => removeSampleTeam(deps, actor),
  ...A2A_HANDLERS,
  ...API_TOKEN_HANDLERS,
  ...BULK_HANDLERS,
  ...DELEGATION_HANDLERS,
  ...CHANNEL_HANDLERS,
  ...INBOX_HANDLERS,
  ...MEMORY_HANDLERS,
  ...QUEUE_HANDLERS,
  ...SNAPSHOT_HANDLERS,
  ...RESTART_HANDLERS,
  workspaceEvents: ({ deps, actor, params }) => workspaceEvents(deps, actor, { id: params['workspace_id'] ?? '' }),
};

export const newestEvents: Handler = ({ deps, actor }) => newestLedger(deps, actor, {});
