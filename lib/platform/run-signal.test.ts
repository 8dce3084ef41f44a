import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { secretSamples } from '#lib/domain/secret-samples.fixture.ts';
import { updateWorkspace } from '#lib/store/workspaces.ts';
import { sendDrainSignal, sendReopenSignal } from './run-signal.ts';
import { type Answer, DrainingAgent } from './test-draining-agent.ts';
import { TestPlatform } from './test-platform.ts';

const SECRET = secretSamples(1)[0]?.secret ?? '';

let canvas: TestPlatform;
let agent: DrainingAgent;
let atlas: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new DrainingAgent().open();
  atlas = await canvas.workspace('Atlas');
  await agent.register(canvas, atlas);
});
afterEach(async () => {
  await agent.close();
  await canvas.close();
  canvas.removeFolder();
});

const run = () => ({ id: 'run-1', workspace_id: atlas.id });
const signal = (seconds: number | null = 60, timeoutMs = 20_000) => sendDrainSignal(canvas.deps, run(), seconds, { timeoutMs });
const answers = (answer: Answer) => {
  agent.answer = () => answer;
};
const outcome = async (seconds?: number | null, timeoutMs?: number) => {
  const { signal: told, in_flight } = await signal(seconds, timeoutMs);
  return [told.outcome, told.detail, in_flight];
};

test('on the wire it is what the contract says', async () => {
  await signal(90);
  const secret = canvas.deps.fleet.get(atlas.id).row.inbound_secret;
  expect(agent.asked).toEqual([
    {
      method: 'POST',
      url: '/signals/restart_pending',
      headers: expect.objectContaining({
        'x-restart-signal': 'true',
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
      }),
      body: {
        jsonrpc: '2.0',
        id: expect.any(String),
        method: 'signals/restart_pending',
        params: { workspace_id: atlas.id, drain_seconds: 90, run_id: 'run-1' },
      },
    },
  ]);
});

test('without a deadline it says so; taken back, it names the same run', async () => {
  await signal(null);
  expect(agent.draining).toEqual({ run_id: 'run-1', seconds: null });
  const { signal: told } = await sendReopenSignal(canvas.deps, run());
  expect([told.outcome, agent.draining]).toEqual(['acknowledged', null]);
  expect(agent.asked[1]).toMatchObject({
    url: '/signals/restart_cancelled',
    headers: { 'x-restart-signal': 'true' },
    body: { jsonrpc: '2.0', method: 'signals/restart_cancelled', params: { workspace_id: atlas.id, run_id: 'run-1' } },
  });
});

test('an acknowledgement brings what is in flight, as far as it is that', async () => {
  const task = { id: 't1', summary: 'Index the docs', started_at: 5 };
  answers({
    status: 200,
    body: { jsonrpc: '2.0', id: 1, result: { acknowledged: true, in_flight: [task, { id: 7 }, null, { id: 't2' }] }, error: null },
  });
  const { signal: told, in_flight } = await signal();
  expect(told).toEqual({ outcome: 'acknowledged', detail: '', ms: expect.any(Number) });
  expect(in_flight).toEqual([task, { id: 't2' }]);
  answers({ status: 200, body: { result: { acknowledged: true, in_flight: 'many' } } });
  expect(await outcome()).toEqual(['acknowledged', '', []]);
  answers({ status: 200, body: { result: { acknowledged: true, in_flight: Array.from({ length: 600 }, (_, at) => ({ id: `${at}` })) } } });
  expect((await signal()).in_flight).toHaveLength(500);
});

describe('an answer that is none', () => {
  const rpc = (message: string, code = -32000) => ({ jsonrpc: '2.0', id: 1, error: { code, message } });
  test.each<[string, Answer, string, string]>([
    ['it does not know the path', { status: 404, body: { detail: 'Not Found' } }, 'not_supported', 'It answered 404'],
    ['nor the method', { status: 405, body: '' }, 'not_supported', 'It answered 405'],
    ['nor what is meant', { status: 501, body: '' }, 'not_supported', 'It answered 501'],
    [
      'nor the JSON-RPC method',
      { status: 200, body: rpc('Method not found', -32601) },
      'not_supported',
      'It answered 200: Method not found',
    ],
    ['no secret', { status: 401, body: rpc('no secret is known here') }, 'refused', 'It answered 401: no secret is known here'],
    ['the wrong secret', { status: 403, body: 'no' }, 'refused', 'It answered 403'],
    ['a fault of its own', { status: 500, body: rpc('boom') }, 'bad_answer', 'It answered 500: boom'],
    ['another place', { status: 302, body: '' }, 'bad_answer', 'It answered 302'],
    ['a JSON-RPC error', { status: 200, body: rpc('busy') }, 'bad_answer', 'It answered 200 without acknowledging: busy'],
    [
      'never acknowledged',
      { status: 200, body: { jsonrpc: '2.0', id: 1, result: {} } },
      'bad_answer',
      'It answered 200 without acknowledging',
    ],
    [
      'acknowledged: false',
      { status: 200, body: { result: { acknowledged: false } } },
      'bad_answer',
      'It answered 200 without acknowledging',
    ],
    [
      'acknowledged: "true"',
      { status: 200, body: { result: { acknowledged: 'true' } } },
      'bad_answer',
      'It answered 200 without acknowledging',
    ],
    ['no JSON', { status: 200, body: '<html>Welcome' }, 'bad_answer', 'It answered 200 without acknowledging'],
    ['half a JSON', { status: 200, body: '{"result":{"acknowledged":tr' }, 'bad_answer', 'It answered 200 without acknowledging'],
    ['JSON of nothing', { status: 200, body: 'null' }, 'bad_answer', 'It answered 200 without acknowledging'],
    ['a list', { status: 200, body: [] }, 'bad_answer', 'It answered 200 without acknowledging'],
    ['an empty one', { status: 204, body: '' }, 'bad_answer', 'It answered 204 without acknowledging'],
  ])('%s', async (_name, answer, code, detail) => {
    answers(answer);
    expect(await outcome()).toEqual([code, detail, []]);
  });

  test('a secret in its words stays out of what is kept', async () => {
    answers({ status: 500, body: rpc(`cannot use ${SECRET} here`) });
    const [, detail] = await outcome();
    expect(detail).toMatch(/^It answered 500: cannot use \[REDACTED:[A-Z_]+\] here$/);
  });

  test('a long one is cut', async () => {
    answers({ status: 500, body: rpc('x '.repeat(5000)) });
    expect(String((await outcome())[1]).length).toBeLessThan(350);
  });
});

test('one that takes the request and says nothing is given up after the limit', async () => {
  answers(null);
  expect(await outcome(60, 50)).toEqual(['timed_out', 'No answer within 0.05 s', []]);
});

test('one that is not there is unreachable, and it says what was tried', async () => {
  const { url } = agent;
  await agent.close();
  const [code, detail] = await outcome();
  expect(code).toBe('unreachable');
  expect(detail).toContain(`POST ${url}/signals/restart_pending`);
});

test('one that hangs up in the middle is unreachable', async () => {
  agent.answer = () => {
    setImmediate(() => void agent.close());
    return null;
  };
  expect((await outcome())[0]).toBe('unreachable');
});

test('one that never registered an address has none', async () => {
  const bare = await canvas.workspace('Bare');
  const { signal: told } = await sendDrainSignal(canvas.deps, { id: 'run-1', workspace_id: bare.id }, 60);
  expect(told.outcome).toBe('no_address');
  expect(told.detail).toContain('has registered no address');
});

describe('the address', () => {
  const at = async (url: string) => {
    await updateWorkspace(canvas.store.db, atlas.id, { url });
    canvas.deps.fleet.replaceRow(atlas.id, { ...canvas.deps.fleet.get(atlas.id).row, url });
    canvas.deps.addresses.forget(atlas.id);
    agent.answer = () => ({ status: 200, body: { result: { acknowledged: true } } });
    const [code] = await outcome();
    return [code, agent.asked.at(-1)?.url];
  };
  test.each([
    ['as it is', '', '/signals/restart_pending'],
    ['with a slash at its end', '/', '/signals/restart_pending'],
    ['with a path', '/agents/atlas', '/agents/atlas/signals/restart_pending'],
    ['with a path and slashes', '/agents/atlas//', '/agents/atlas/signals/restart_pending'],
    ['with a query', '/a?key=1', '/a/signals/restart_pending?key=1'],
    ['with a fragment', '/a#top', '/a/signals/restart_pending'],
    ['with letters that are escaped', '/a%20b', '/a%20b/signals/restart_pending'],
  ])('%s', async (_name, tail, url) => {
    expect(await at(`${agent.url}${tail}`)).toEqual(['acknowledged', url]);
  });

  test('by name, and of IPv6', async () => {
    const six = await new DrainingAgent().open('::1');
    expect((await at(`http://localhost:${agent.port}`))[0]).toBe('acknowledged');
    six.answer = () => ({ status: 200, body: { result: { acknowledged: true } } });
    expect((await at(`http://[::1]:${six.port}/`))[0]).toBe('acknowledged');
    expect(six.asked[0]?.url).toBe('/signals/restart_pending');
    await six.close();
  });

  test.each(['ftp://127.0.0.1/', 'not an address', 'http://'])('that is none is said to be so: %s', async (url) => {
    await updateWorkspace(canvas.store.db, atlas.id, { url });
    canvas.deps.fleet.replaceRow(atlas.id, { ...canvas.deps.fleet.get(atlas.id).row, url });
    canvas.deps.addresses.forget(atlas.id);
    expect(await outcome()).toEqual(['unreachable', expect.stringContaining('an address that is none'), []]);
  });
});
