import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAllowedTargets } from '#lib/domain/address-guard.ts';
import { A2aServer } from './a2a-server.ts';
import type { Agent } from './agent.ts';
import { Drain } from './drain.ts';
import { Gate } from './gate.ts';
import { testFolders } from './test-folder.ts';
import { send } from './test-http.ts';
import { WorkInHand } from './work-in-hand.ts';
import { openWorkMemory } from './work-memory.ts';
import { WorkMeter } from './work-meter.ts';

const newFolder = testFolders();
const PENDING = '/signals/restart_pending';
const PROOF = { authorization: 'Bearer secret', 'x-restart-signal': 'true' };
const params = { workspace_id: 'ws-1', drain_seconds: 60, run_id: 'run-1' };

let server: A2aServer;
let meter: WorkMeter;
let work: WorkInHand;
let drain: Drain;
let secret: string | null;

beforeEach(async () => {
  meter = new WorkMeter();
  work = new WorkInHand(meter);
  const gate = new Gate();
  drain = new Drain({ work, gate, inFlight: () => meter.inFlight, graceMs: 0 });
  secret = 'secret';
  const agent: Agent = { name: 'Echo', description: '', skills: [], handle: async ({ text }) => ({ text }) };
  server = await A2aServer.listen({
    agent,
    name: 'Echo',
    description: '',
    version: '1',
    meter,
    work,
    gate,
    memory: await openWorkMemory(newFolder()),
    log: () => {},
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    allowedTargets: readAllowedTargets(''),
    signals: { workspaceId: 'ws-1', inboundSecret: () => secret, drain, preview: async () => ({ schema: 1, session_id: 's' }) },
    identity: () => ({}),
  });
});
afterEach(async () => {
  drain.end();
  await server.close();
});

const call = (method: string, about: object) => JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: about });
const post = (path: string, body: string, headers: Record<string, string> = PROOF) =>
  send(`${server.url}${path}`, { method: 'POST', headers, body });
const pending = (more: object = {}, headers?: Record<string, string>) =>
  post(PENDING, call('signals/restart_pending', { ...params, ...more }), headers);
const cancelled = (run_id: string) =>
  post('/signals/restart_cancelled', call('signals/restart_cancelled', { workspace_id: 'ws-1', run_id }));

test('a signal is acknowledged at once with what is in flight, and health says that it drains', async () => {
  const token = `gh${'p_'}${'a1B2'.repeat(9)}`;
  work.begin('t1', 'm1', `push with ${token}`);
  const answer = await pending();
  expect(answer).toMatchObject({
    status: 200,
    json: {
      jsonrpc: '2.0',
      id: 7,
      result: {
        acknowledged: true,
        in_flight: [{ id: 't1', summary: 'push with [REDACTED:GITHUB_PAT]', started_at: expect.any(Number) }],
      },
    },
  });
  expect((await send(`${server.url}/healthz`)).json).toMatchObject({ status: 'ok', draining: true });
  expect((await cancelled('run-1')).json).toMatchObject({ id: 7, result: { reopened: true } });
  expect((await send(`${server.url}/healthz`)).json).toMatchObject({ draining: false });
});

test('cancelling twice, or another run than the one that drains, changes nothing', async () => {
  await pending({ drain_seconds: null });
  expect((await cancelled('run-2')).json).toMatchObject({ result: { reopened: false } });
  expect(drain.runId).toBe('run-1');
  expect((await cancelled('run-1')).json).toMatchObject({ result: { reopened: true } });
  expect((await cancelled('run-1')).json).toMatchObject({ result: { reopened: false } });
});

test('what would be kept can be looked at', async () => {
  const answer = await send(`${server.url}/signals/snapshot`, { headers: { authorization: 'Bearer secret' } });
  expect(answer).toMatchObject({ status: 200, json: { schema: 1, session_id: 's' } });
});

test.each([
  ['no secret', {}, 'Send the inbound secret'],
  ['a wrong secret', { authorization: 'Bearer guess' }, 'not the inbound secret'],
  ['half of the secret', { authorization: 'Bearer secre' }, 'not the inbound secret'],
])('%s: refused with 401, also on loopback, and nothing happens', async (_name, headers, why) => {
  for (const path of ['/signals/restart_cancelled', PENDING])
    expect(await post(path, call('x', params), { 'x-restart-signal': 'true', ...headers })).toMatchObject({
      status: 401,
      json: { error: { code: -32010, message: expect.stringContaining(why) } },
    });
  expect(await send(`${server.url}/signals/snapshot`, { headers })).toMatchObject({ status: 401 });
  expect(drain.state).toBe('open');
});

test('a workspace that was given no secret yet refuses everybody', async () => {
  secret = null;
  expect(await pending()).toMatchObject({ status: 401, json: { error: { message: expect.stringContaining('no inbound secret yet') } } });
  expect(await pending({}, { ...PROOF, authorization: 'Bearer null' })).toMatchObject({ status: 401 });
  expect(drain.state).toBe('open');
});

test.each([
  ['no header X-Restart-Signal', call('signals/restart_pending', params), { authorization: 'Bearer secret' }, 400, 'X-Restart-Signal'],
  ['no JSON', '{', PROOF, 400, 'not valid JSON'],
  ['another method', call('signals/dance', params), PROOF, 400, 'method'],
  ['no run', call('signals/restart_pending', { ...params, run_id: undefined }), PROOF, 400, 'params.run_id'],
  ['a run that is too long', call('signals/restart_pending', { ...params, run_id: 'x'.repeat(65) }), PROOF, 400, 'params.run_id'],
  ['a time below zero', call('signals/restart_pending', { ...params, drain_seconds: -1 }), PROOF, 400, 'params.drain_seconds'],
  ['a time in words', call('signals/restart_pending', { ...params, drain_seconds: '60' }), PROOF, 400, 'params.drain_seconds'],
  ['another workspace', call('signals/restart_pending', { ...params, workspace_id: 'ws-2' }), PROOF, 409, 'is for workspace ws-2'],
  ['an envelope of another kind', JSON.stringify({ params }), PROOF, 400, 'jsonrpc'],
])('%s is refused with a sentence, and nothing happens', async (_name, body, headers, status, why) => {
  const answer = await post(PENDING, body, headers);
  expect(answer).toMatchObject({
    status,
    json: { jsonrpc: '2.0', error: { code: expect.any(Number), message: expect.stringContaining(why) } },
  });
  expect(drain.state).toBe('open');
});

test('unknown signals and other methods are named', async () => {
  expect(await post('/signals/dance', '{}')).toMatchObject({ status: 404 });
  expect(await send(`${server.url}${PENDING}`, { headers: PROOF })).toMatchObject({ status: 405 });
  expect(await post('/signals/snapshot', '{}')).toMatchObject({ status: 405 });
});

test('a runtime that stops already says so', async () => {
  drain.end();
  expect(await pending()).toMatchObject({ status: 503, json: { error: { message: expect.stringContaining('stopping already') } } });
});
