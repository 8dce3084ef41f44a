import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { QueuedAnswer } from '#lib/contract/messages.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { PythonAgent } from './python-agent.ts';
import { operator, pythonCast, register } from './python-cast.ts';
import { type Answer, type Cast, type RecordedRequest, replay, situations } from './recorded-requests.ts';
import { type RunningPlatform, startPlatform } from './running-platform.ts';

const SOON = { timeout: 30_000 };
let ground: string;
let platform: RunningPlatform;
let agent: PythonAgent;
let cast: Cast;
const asOperator = <T = unknown>(method: string, path: string, body?: unknown): Promise<T> => operator<T>(platform, method, path, body);

beforeAll(async () => {
  ground = await mkdtemp(join(tmpdir(), 'canvas-python-'));
  agent = await new PythonAgent().open();
  // Its agents listen on this machine, also when the test itself runs in a container.
  platform = await startPlatform({ dataDir: ground, settings: { CANVAS_IN_CONTAINER: '0' } });
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
  await agent.close();
  await rm(ground, { recursive: true, force: true });
});
beforeEach(async () => {
  agent.asked.length = 0;
  cast = await pythonCast(platform, agent);
});

/** The first request of a situation that fits. */
function recorded(name: string, fits: (request: RecordedRequest) => boolean): RecordedRequest {
  const found = situations[name]?.find(fits);
  if (found === undefined) throw new Error(`Nothing of ${name} in the recording fits`);
  return found;
}

const isMessage = ({ path }: RecordedRequest): boolean => path.endsWith('/a2a');
const isBeat = ({ path }: RecordedRequest): boolean => path === '/registry/heartbeat';
const toItself = (name: string) => recorded(name, isMessage);
const toPeer = () => recorded('tool delegate_task', isMessage);

/** A full beat of its loop, but for `more`. */
async function beat(more: Record<string, unknown> = {}): Promise<Answer> {
  const full = recorded('healthy_beat', isBeat);
  return replay({ ...full, json: { ...full.json, ...more } }, cast);
}

describe('what its agent is told', () => {
  test('a message to itself comes back in the shape of the protocol, in its own name', async () => {
    await beat();
    expect(await replay(toItself('delegation_completed'), cast)).toMatchObject({ status: 200, body: { result: { role: 'agent' } } });
    const [came] = agent.messagesTo('Researcher');
    expect(came).toMatchObject({
      id: expect.stringMatching(/./),
      params: { message: { kind: 'message', role: 'user', messageId: expect.stringMatching(/./), parts: [{ kind: 'text' }] } },
      headers: { 'x-workspace-id': cast.self },
    });
    expect(agent.messagesTo('Researcher')).toHaveLength(1);
  });

  test('its loop is not kept from beating by an agent that takes its time: the message to itself is queued, and done once', async () => {
    await beat();
    agent.hold();
    const answer = await replay(toItself('delegation_failed'), cast);
    expect(answer).toMatchObject({ status: 202, body: { queued: true, queue_id: expect.any(String), queue_depth: 0 } });
    agent.release();
    const { queue_id } = answer.body as { queue_id: string };
    await expect
      .poll(() => asOperator('GET', `/workspaces/${cast.self}/a2a/queue/${queue_id}`), { timeout: 15_000 })
      .toMatchObject({ state: 'answered', sender_id: cast.self, attempts: 1 });
    expect(agent.messagesTo('Researcher')).toHaveLength(1);
  }, 60_000);

  test('a question to a peer reaches it under its id and in the name of who asks; the answer goes back under the id of the call', async () => {
    const message = toPeer();
    expect((await replay(message, cast)).body).toMatchObject({
      id: message.json?.['id'],
      result: { parts: [{ kind: 'text', text: 'pong: ping the docs' }] },
    });
    const sent = /"messageId":"([^"]+)"/.exec(JSON.stringify(message.json))?.[1];
    expect(agent.messagesTo('Peer')).toMatchObject([
      {
        params: { message: { messageId: sent } },
        headers: { 'x-workspace-id': cast.self, authorization: expect.stringMatching(/^Bearer \S{20,}$/) },
      },
    ]);
    // The same call again, as after a lost connection: the same answer, and the peer is not asked twice.
    expect((await replay(message, cast)).body).toMatchObject({ result: { parts: [{ text: 'pong: ping the docs' }] } });
    expect(agent.messagesTo('Peer')).toHaveLength(1);
  });

  test('in the name of another, or to one out of reach, nothing is sent', async () => {
    const message = toPeer();
    const stranger = await asOperator<{ id: string }>('POST', '/workspaces', { name: 'Stranger', parent_id: cast.peer });
    const forged = { ...message, headers: { ...message.headers, 'X-Workspace-ID': cast.parent } };
    expect(await replay(forged, cast)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await replay(message, { ...cast, peer: stranger.id })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(agent.messagesTo('Peer')).toHaveLength(0);
  });
});

describe('a restart of a runtime that has no signals', () => {
  const run = (id: string) => asOperator<RestartRunDetail>('GET', `/restarts/${id}`);
  const restart = () =>
    asOperator<RestartRunDetail>('POST', `/workspaces/${cast.self}/restart`, { deadline_seconds: null, reason: 'a new version' });
  const state = (id: string) => expect.poll(async () => (await run(id)).state, SOON);
  const write = () =>
    asOperator<QueuedAnswer>('POST', `/workspaces/${cast.self}/a2a`, {
      method: 'message/send',
      params: { message: { messageId: 'while-draining', parts: [{ kind: 'text', text: 'and then?' }] } },
    });

  test('waits for its tasks to end in a full beat, and for the process that somebody starts; then its messages come', async () => {
    await beat({ active_tasks: 2 });
    const { id } = await restart();
    await state(id).toBe('draining');
    expect(await run(id)).toMatchObject({ provisioned: false, signal: { outcome: 'not_supported' }, boot_id_before: null });
    expect(agent.asked.find(({ to, method }) => to === 'Researcher' && method === 'POST /signals/restart_pending')).toMatchObject({
      headers: { 'x-restart-signal': 'true', authorization: expect.stringMatching(/^Bearer \S{20,}$/) },
      body: { jsonrpc: '2.0', method: 'signals/restart_pending', params: { workspace_id: cast.self, run_id: id, drain_seconds: null } },
    });
    const { queue_id } = await write();
    // One task ended: a partial beat, which says nothing of the others.
    const partial = recorded('tool delegate_task', isBeat);
    await replay({ ...partial, json: { ...partial.json, active_tasks: 0, current_task: '' } }, cast);
    await beat({ active_tasks: 1, uptime_seconds: 3700 });
    expect((await run(id)).state).toBe('draining');
    const ended = Date.now();
    await beat({ active_tasks: 0, uptime_seconds: 3730 });
    await state(id).toBe('snapshot_saved');
    const saved = await run(id);
    const step = (name: string) => saved.steps.find((one) => one.step === name);
    expect(step('drained')).toMatchObject({ detail: { how: 'no_tasks' } });
    expect(step('drained')?.at).toBeGreaterThanOrEqual(ended);
    expect(step('snapshot_saved')?.detail).toMatchObject({ saved: false, why: expect.stringMatching(/./) });
    expect(saved).toMatchObject({ snapshot_id: null, waits_for: expect.stringContaining('start it where it runs'), queue: { waiting: 1 } });
    expect(agent.messagesTo('Researcher')).toHaveLength(0);

    await register(platform, { id: cast.self, token: cast.token, url: `${agent.url}/Again`, name: 'Researcher' });
    await beat({ active_tasks: 0, current_task: '', uptime_seconds: 1 });
    await state(id).toBe('done');
    const done = await run(id);
    expect(done.steps.map((one) => one.step)).toEqual([
      'requested',
      'signalled',
      'draining',
      'drained',
      'snapshot_saved',
      'online',
      'restored',
      'done',
    ]);
    expect(done.restored).toMatchObject({ confirmed: false, session_resumed: null });
    await expect
      .poll(() => asOperator('GET', `/workspaces/${cast.self}/a2a/queue/${queue_id}`), SOON)
      .toMatchObject({ state: 'answered', attempts: 1, redelivered: false });
    expect(agent.messagesTo('Again')).toHaveLength(1);
    expect(agent.messagesTo('Researcher')).toHaveLength(0);
    expect((await run(id)).queue).toEqual({ waiting: 0, delivered: 1, failed: 0 });
    expect(await asOperator('GET', `/workspaces/${cast.self}`)).toMatchObject({ status: 'online' });
  }, 90_000);

  test('is cancelled without its help: its messages come at once', async () => {
    await beat({ active_tasks: 1 });
    const { id } = await restart();
    await state(id).toBe('draining');
    await write();
    await asOperator('POST', `/restarts/${id}/cancel`, {});
    await state(id).toBe('cancelled');
    await expect.poll(() => agent.messagesTo('Researcher').length, SOON).toBe(1);
    expect(await asOperator('GET', `/workspaces/${cast.self}`)).toMatchObject({ status: 'online', active_tasks: 1 });
  }, 60_000);
});
