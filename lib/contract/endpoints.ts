import type { z } from 'zod';
import { createTokenSchema } from './access.ts';
import { activityQuerySchema, delegationsQuerySchema } from './delegations.ts';
import { heartbeatSchema } from './heartbeat.ts';
import { barsQuerySchema, historyQuerySchema } from './history.ts';
import { checkAccessSchema, peersQuerySchema, registerSchema, updateCardSchema } from './registry.ts';
import { setUpSchema, signInSchema } from './sign-in.ts';
import { createWorkspaceSchema, listWorkspacesSchema, patchWorkspaceSchema } from './workspaces.ts';

/** Who may call, as contract §1 names them. `either`: a workspace for itself (or whom it may talk to), or an operator. */
export type Caller = 'workspace' | 'operator' | 'either' | 'anyone';

export interface Endpoint {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `:name` marks a path parameter. */
  path: string;
  caller: Caller;
  /** Status of a success. */
  status: 200 | 201 | 202 | 204;
  summary: string;
  query?: z.ZodType;
  body?: z.ZodType;
}

const endpoint = <const T extends Endpoint>(definition: T): T => definition;

/** The one table of the API: routes, the typed client and the completeness test are made from it. */
export const ENDPOINTS = {
  register: endpoint({
    method: 'POST',
    path: '/registry/register',
    caller: 'anyone',
    status: 200,
    body: registerSchema,
    summary: 'Connect a runtime, with its token or a join code as bearer',
  }),
  heartbeat: endpoint({
    method: 'POST',
    path: '/registry/heartbeat',
    caller: 'workspace',
    status: 200,
    body: heartbeatSchema,
    summary: 'One beat; merges into what is known',
  }),
  updateCard: endpoint({
    method: 'POST',
    path: '/registry/update-card',
    caller: 'workspace',
    status: 200,
    body: updateCardSchema,
    summary: "Replace the workspace's agent card",
  }),
  discover: endpoint({
    method: 'GET',
    path: '/registry/discover/:id',
    caller: 'either',
    status: 200,
    summary: 'Address of a workspace the caller may talk to',
  }),
  peers: endpoint({
    method: 'GET',
    path: '/registry/:id/peers',
    caller: 'either',
    status: 200,
    query: peersQuerySchema,
    summary: 'Siblings, children and parent',
  }),
  checkAccess: endpoint({
    method: 'POST',
    path: '/registry/check-access',
    caller: 'either',
    status: 200,
    body: checkAccessSchema,
    summary: 'Whether one workspace may talk to another',
  }),
  listWorkspaces: endpoint({
    method: 'GET',
    path: '/workspaces',
    caller: 'operator',
    status: 200,
    query: listWorkspacesSchema,
    summary: 'All workspaces as an array; with ?page filtered, sorted, counted and paged',
  }),
  createWorkspace: endpoint({
    method: 'POST',
    path: '/workspaces',
    caller: 'operator',
    status: 201,
    body: createWorkspaceSchema,
    summary: 'Create a workspace; with provisioner "process" it is started here',
  }),
  getWorkspace: endpoint({
    method: 'GET',
    path: '/workspaces/:id',
    caller: 'either',
    status: 200,
    summary: 'One workspace with the evidence behind its status',
  }),
  patchWorkspace: endpoint({
    method: 'PATCH',
    path: '/workspaces/:id',
    caller: 'operator',
    status: 200,
    body: patchWorkspaceSchema,
    summary: 'Change name, role, parent, runtime, config or labels',
  }),
  deleteWorkspace: endpoint({
    method: 'DELETE',
    path: '/workspaces/:id',
    caller: 'operator',
    status: 200,
    summary: 'Remove; with children only with ?confirm=true',
  }),
  startWorkspace: endpoint({
    method: 'POST',
    path: '/workspaces/:id/start',
    caller: 'operator',
    status: 202,
    summary: 'Start what Canvas provisioned',
  }),
  stopWorkspace: endpoint({
    method: 'POST',
    path: '/workspaces/:id/stop',
    caller: 'operator',
    status: 202,
    summary: 'Stop what Canvas provisioned',
  }),
  workspaceLog: endpoint({
    method: 'GET',
    path: '/workspaces/:id/log',
    caller: 'operator',
    status: 200,
    summary: 'The last lines its local process wrote',
  }),
  workspaceHistory: endpoint({
    method: 'GET',
    path: '/workspaces/:id/history',
    caller: 'operator',
    status: 200,
    query: historyQuerySchema,
    summary: 'Minutes of the last 24 hours, hours of the last 90 days',
  }),
  historyBars: endpoint({
    method: 'GET',
    path: '/history',
    caller: 'operator',
    status: 200,
    query: barsQuerySchema,
    summary: 'The last hour of many workspaces, a letter a minute',
  }),
  listTokens: endpoint({
    method: 'GET',
    path: '/workspaces/:id/tokens',
    caller: 'operator',
    status: 200,
    summary: 'Tokens by prefix, never their text',
  }),
  createToken: endpoint({
    method: 'POST',
    path: '/workspaces/:id/tokens',
    caller: 'operator',
    status: 201,
    body: createTokenSchema,
    summary: 'A new token, shown this once',
  }),
  revokeToken: endpoint({
    method: 'DELETE',
    path: '/workspaces/:id/tokens/:token_id',
    caller: 'operator',
    status: 200,
    summary: 'End a token at once',
  }),
  createJoinCode: endpoint({
    method: 'POST',
    path: '/workspaces/:id/join-codes',
    caller: 'operator',
    status: 201,
    summary: 'A code that connects one agent, once, within 15 minutes',
  }),
  listDelegations: endpoint({
    method: 'GET',
    path: '/workspaces/:id/delegations',
    caller: 'either',
    status: 200,
    query: delegationsQuerySchema,
    summary: 'What it delegated, newest first',
  }),
  listActivity: endpoint({
    method: 'GET',
    path: '/workspaces/:id/activity',
    caller: 'either',
    status: 200,
    query: activityQuerySchema,
    summary: 'What happened to it',
  }),
  sampleTeam: endpoint({ method: 'GET', path: '/sample-team', caller: 'operator', status: 200, summary: 'Whether the sample team exists' }),
  startSampleTeam: endpoint({ method: 'POST', path: '/sample-team', caller: 'operator', status: 202, summary: 'Start the sample team' }),
  removeSampleTeam: endpoint({
    method: 'DELETE',
    path: '/sample-team',
    caller: 'operator',
    status: 200,
    summary: 'Stop and remove the sample team',
  }),
  events: endpoint({
    method: 'GET',
    path: '/events',
    caller: 'operator',
    status: 200,
    summary: 'The stream, or as JSON the newest 100 ledger rows',
  }),
  workspaceEvents: endpoint({
    method: 'GET',
    path: '/events/:workspace_id',
    caller: 'operator',
    status: 200,
    summary: 'The newest 100 ledger rows of one workspace',
  }),
  signIn: endpoint({
    method: 'POST',
    path: '/api/auth/sign-in',
    caller: 'anyone',
    status: 200,
    body: signInSchema,
    summary: 'Begin a session (sets its cookie)',
  }),
  signOut: endpoint({
    method: 'POST',
    path: '/api/auth/sign-out',
    caller: 'anyone',
    status: 200,
    summary: 'End the session of the cookie',
  }),
  setUp: endpoint({
    method: 'POST',
    path: '/api/auth/set-up',
    caller: 'anyone',
    status: 200,
    body: setUpSchema,
    summary: 'Make the first account, once, with the token printed at start',
  }),
  healthz: endpoint({ method: 'GET', path: '/healthz', caller: 'anyone', status: 200, summary: 'Alive' }),
  health: endpoint({ method: 'GET', path: '/health', caller: 'anyone', status: 200, summary: 'Alive, under its older name' }),
  readyz: endpoint({ method: 'GET', path: '/readyz', caller: 'anyone', status: 200, summary: 'The store answers' }),
  buildInfo: endpoint({ method: 'GET', path: '/buildinfo', caller: 'anyone', status: 200, summary: 'Version and commit that run' }),
} as const;

export type EndpointName = keyof typeof ENDPOINTS;
