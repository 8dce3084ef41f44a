import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '#lib/contract/endpoint.ts';
import { ENDPOINTS, type EndpointName } from '#lib/contract/endpoints.ts';
import { ERROR_CODES } from '#lib/contract/errors.ts';
import type { SignIn } from '#lib/platform/sign-in.ts';
import { TestServer } from './test-server.ts';

/** People by their cookie, kept in memory: who may call is asked here, not how people prove who they are. */
const PEOPLE: SignIn = {
  personOf: async (headers) => (headers.get('cookie') === 'person=ada' ? { id: 'ada', name: 'Ada' } : null),
  signIn: async () => ({ person: { id: 'ada', name: 'Ada' }, cookies: ['person=ada; HttpOnly'] }),
  signOut: async () => ['person=; Max-Age=0'],
  setUp: async () => ({ person: { id: 'ada', name: 'Ada' }, cookies: ['person=ada; HttpOnly'] }),
  needsSetUp: async () => false,
};

interface Sample {
  path?: (own: string) => string;
  body?: (own: string) => unknown;
  /** What an operator gets for it here, when that is not the success of the table. */
  operator?: number;
  /** What the workspace itself gets. */
  own?: number;
  /** What another workspace gets, when that is not a refusal. */
  foreign?: number;
}

const card = { name: 'Agent' };
const account = { token: 'x'.repeat(43), name: 'Ada', email: 'ada@example.org', password: 'long enough pass phrase' };

/** One request for every endpoint there is, about the workspace `own`. Nothing here is provisioned: what needs that is refused with 409. */
const SAMPLES: Record<EndpointName, Sample> = {
  register: { body: (id) => ({ id, delivery_mode: 'poll', agent_card: card }), operator: 401 },
  heartbeat: { body: (workspace_id) => ({ workspace_id, uptime_seconds: 1 }), operator: 401 },
  updateCard: { body: (workspace_id) => ({ workspace_id, agent_card: card }) },
  discover: { operator: 404, own: 404 },
  peers: {},
  checkAccess: { body: (id) => ({ caller_id: id, target_id: id }) },
  listWorkspaces: {},
  createWorkspace: { body: () => ({ name: 'New' }) },
  getWorkspace: {},
  patchWorkspace: { body: () => ({ role: 'other' }) },
  deleteWorkspace: { path: () => '/workspaces/nobody', operator: 404 },
  startWorkspace: { operator: 409 },
  stopWorkspace: { operator: 409 },
  workspaceLog: { operator: 409 },
  restartWorkspace: { body: () => ({ drain_only: true }) },
  restartPreview: {},
  pauseWorkspace: { body: () => ({}), operator: 409 },
  resumeWorkspace: { body: () => ({}), operator: 409 },
  workspaceRestarts: {},
  listRestarts: {},
  getRestart: { path: () => '/restarts/none', operator: 404 },
  cancelRestart: { path: () => '/restarts/none/cancel', operator: 404 },
  forceRestart: { path: () => '/restarts/none/force', operator: 404 },
  startAgain: { path: () => '/restarts/none/start-again', operator: 404 },
  delegate: { body: (id) => ({ target_id: id, task: 'x' }), operator: 400, own: 400 },
  recordDelegation: { body: (id) => ({ target_id: id, task: 'x' }), operator: 400, own: 400 },
  updateDelegation: {
    path: (id) => `/workspaces/${id}/delegations/none/update`,
    body: () => ({ status: 'completed' }),
    operator: 404,
    own: 404,
  },
  allDelegations: {},
  getDelegation: { path: () => '/delegations/none', operator: 404, own: 404, foreign: 404 },
  retryDelegation: { path: () => '/delegations/none/retry', operator: 404 },
  cancelDelegation: { path: () => '/delegations/none/cancel', body: () => ({}), operator: 404 },
  delegationEdges: {},
  getTrace: { path: () => `/traces/${'a'.repeat(32)}`, operator: 404 },
  commitMemory: { body: () => ({ content: 'x' }), operator: 201 },
  recallMemories: {},
  forgetMemory: { path: (id) => `/workspaces/${id}/memories/none`, operator: 404, own: 404 },
  workspaceHistory: {},
  historyBars: { path: (id) => `/history?ids=${id}` },
  listTokens: {},
  createToken: { body: () => ({}) },
  revokeToken: { path: (id) => `/workspaces/${id}/tokens/none`, operator: 404 },
  createJoinCode: {},
  listDelegations: {},
  listActivity: {},
  sampleTeam: {},
  startSampleTeam: { operator: 409 },
  removeSampleTeam: {},
  bulkPreview: { body: (id) => ({ ids: [id] }) },
  startBulk: { body: (id) => ({ ids: [id] }) },
  listBulk: {},
  getBulk: { path: () => '/bulk-restarts/none', operator: 404 },
  pauseBulk: { path: () => '/bulk-restarts/none/pause', operator: 404 },
  resumeBulk: { path: () => '/bulk-restarts/none/resume', operator: 404 },
  abortBulk: { path: () => '/bulk-restarts/none/abort', operator: 404 },
  agentCard: {},
  agentCards: { foreign: 200 },
  postActivity: { body: () => ({ activity_type: 'agent_log', summary: 'dug' }) },
  answerQueued: { path: (id) => `/workspaces/${id}/a2a/queue/none/answer`, body: () => ({ result: {} }), operator: 403, own: 404 },
  listApiTokens: {},
  createApiToken: { body: () => ({ name: 'laptop' }) },
  revokeApiToken: { path: () => '/api-tokens/none', operator: 404 },
  notify: { body: () => ({ message: 'hello' }), operator: 403 },
  inbox: {},
  getIncident: { path: () => '/inbox/none', operator: 404 },
  readInbox: { body: () => ({ all: true }) },
  assignIncident: { path: () => '/inbox/none/assign', body: () => ({ to: 'me' }), operator: 404 },
  createMute: { body: (workspace_id) => ({ workspace_id }) },
  deleteMute: { path: () => '/mutes/none', operator: 404 },
  getPreferences: {},
  patchPreferences: { body: () => ({ toasts: false }) },
  listChannels: {},
  createChannel: { body: () => ({ name: 'Ops', target: { kind: 'slack', url: 'https://hooks.example/x' } }) },
  patchChannel: { path: () => '/channels/none', body: () => ({ enabled: false }), operator: 404 },
  deleteChannel: { path: () => '/channels/none', operator: 404 },
  testChannel: { path: () => '/channels/none/test', operator: 404 },
  listDeliveries: {},
  pushKey: {},
  events: {},
  workspaceEvents: {},
  signIn: { body: () => ({ email: account.email, password: account.password }) },
  signOut: {},
  setUp: { body: () => account },
  uploadSnapshot: { body: (workspace_id) => ({ workspace_id, adapter: {} }), operator: 403 },
  listSnapshots: {},
  liveSnapshot: {},
  getSnapshot: { operator: 404 },
  diffSnapshot: { operator: 404 },
  // A method that is answered without an agent.
  sendMessage: { body: () => ({ jsonrpc: '2.0', id: 1, method: 'tasks/get', params: {} }) },
  listQueue: {},
  getQueued: { path: (id) => `/workspaces/${id}/a2a/queue/${queued}` },
  retryQueued: { path: (id) => `/workspaces/${id}/a2a/queue/${queued}/retry`, operator: 409 },
  dropQueued: { path: (id) => `/workspaces/${id}/a2a/queue/${queued}/drop`, body: () => ({ reason: 'not needed' }) },
  healthz: {},
  health: {},
  readyz: {},
  buildInfo: {},
};

let canvas: TestServer;
let own: { id: string; token: string };
let foreign: { id: string; token: string };
/** A message to `own` that waits. */
let queued = '';

beforeAll(async () => {
  canvas = await new TestServer().open({ policy: { loopback: false }, signIn: PEOPLE, signInFree: false });
  own = await canvas.workspace('Own');
  const parent = await canvas.workspace('Parent');
  const child = await canvas.ask<{ id: string }>('POST /workspaces', { headers: person(), body: { name: 'Child', parent_id: parent.id } });
  const token = await canvas.ask<{ auth_token: string }>(`POST /workspaces/${child.body.id}/tokens`, { headers: person(), body: {} });
  foreign = { id: child.body.id, token: token.body.auth_token };
  const body = { method: 'message/send', params: { message: { parts: ['hello'] } } };
  queued = (await canvas.ask<{ queue_id: string }>(`POST /workspaces/${own.id}/a2a`, { token: own.token, body })).body.queue_id;
});
afterAll(() => canvas.close());

const person = () => ({ cookie: 'person=ada', origin: canvas.url });

function ask(name: EndpointName, by: { token?: string; headers?: Record<string, string> }) {
  const { method, path } = ENDPOINTS[name];
  const sample = SAMPLES[name];
  const filled = sample.path?.(own.id) ?? path.replace(/:\w+/, own.id);
  const origin = { origin: canvas.url };
  return canvas.refusal(`${method} ${filled}`, {
    ...by,
    headers: { ...origin, ...by.headers },
    ...(sample.body ? { body: sample.body(own.id) } : {}),
  });
}

describe.each(Object.entries(ENDPOINTS) as [EndpointName, Endpoint][])('%s', (name, { caller, status }) => {
  test('answers an operator', async () => {
    const answer = await ask(name, { headers: person() });
    expect(answer.status).toBe(SAMPLES[name].operator ?? status);
    if (answer.status >= 400) expect(ERROR_CODES).toContain(answer.body.code);
  });

  test('says what it needs to somebody unknown', async () => {
    const answer = await ask(name, {});
    if (caller !== 'anyone') expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    else expect(answer.status).toBe(SAMPLES[name].operator ?? status);
  });

  test('refuses a token that is not valid, whoever sends it along', async () => {
    const answer = await ask(name, { token: 'y'.repeat(43), headers: person() });
    if (caller === 'anyone' && name !== 'register') expect(answer.status).toBe(status);
    else expect([answer.status, answer.body.code]).toEqual([401, 'token_rejected']);
  });

  test('lets a workspace do what is its own', async () => {
    const answer = await ask(name, { token: own.token });
    if (caller === 'operator') expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    else expect(answer.status).toBe(SAMPLES[name].own ?? status);
  });

  test('lets no workspace do what is another’s', async () => {
    const answer = await ask(name, { token: foreign.token });
    const { foreign: expected = caller === 'anyone' && name !== 'register' ? status : undefined } = SAMPLES[name];
    if (expected !== undefined) expect(answer.status).toBe(expected);
    else expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });
});

test('the token of the sign-in-free mode’s operator does not exist: there a bad token is refused too', async () => {
  const local = await new TestServer().open();
  expect((await local.ask('GET /workspaces')).status).toBe(200);
  expect((await local.ask('GET /workspaces', { token: 'y'.repeat(43) })).status).toBe(401);
  expect((await local.ask('GET /workspaces', { headers: { authorization: 'Basic eDp5' } })).status).toBe(401);
  await local.close();
});
