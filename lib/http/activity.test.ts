import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ActivityRow } from '#lib/contract/activity.ts';
import type { QueuedAnswer } from '#lib/contract/messages.ts';
import { cleanUp } from '#lib/platform/housekeeping.ts';
import { completed, refused, TestA2aAgent } from '#lib/platform/test-a2a-agent.ts';
import { TestServer } from './test-server.ts';

let canvas: TestServer;
let agent: TestA2aAgent;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestServer().open();
  agent = await new TestA2aAgent().open();
  atlas = await canvas.workspace('Atlas');
  scout = await canvas.workspace('Scout');
  await agent.serve(canvas.platform, atlas, 'Atlas');
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
});

type Caller = { id: string; token: string };
const secret = `ghp_${'a1B2c3D4'.repeat(4)}zzzz`;
const send = <T = unknown>(
  to: Caller,
  text: string,
  { by, headers = {}, messageId }: { by?: Caller; headers?: Record<string, string>; messageId?: string } = {},
) =>
  canvas.ask<T>(`POST /workspaces/${to.id}/a2a`, {
    token: by?.token,
    headers,
    body: { jsonrpc: '2.0', id: 7, method: 'message/send', params: { message: { messageId, parts: [{ kind: 'text', text }] } } },
  });
const activity = async (of: Caller, query = '', token?: string) =>
  (await canvas.ask<ActivityRow[]>(`GET /workspaces/${of.id}/activity${query}`, { token })).body;

describe('a message', () => {
  test('is in the activity of both sides, with what was said, how long it took and how it ended', async () => {
    agent.reply = ({ text }) => {
      canvas.platform.now += 1500;
      return completed(`did ${text}`);
    };
    await send(atlas, `dig with ${secret}`, { by: scout });
    const [received] = await activity(atlas);
    const [sent] = await activity(scout);
    expect(received).toMatchObject({
      workspace_id: atlas.id,
      activity_type: 'a2a_receive',
      source_id: scout.id,
      target_id: atlas.id,
      method: 'message/send',
      summary: 'message/send ← Scout: dig with [REDACTED:GITHUB_PAT]',
      request_body: { method: 'message/send', params: { message: { parts: [{ text: 'dig with [REDACTED:GITHUB_PAT]' }] } } },
      response_body: { result: { parts: [{ text: 'did dig with [REDACTED:GITHUB_PAT]' }] } },
      status: 'ok',
      duration_ms: 1500,
      error_detail: null,
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(sent).toMatchObject({
      workspace_id: scout.id,
      activity_type: 'a2a_send',
      summary: 'message/send → Atlas: dig with [REDACTED:GITHUB_PAT]',
      status: 'ok',
      trace_id: received?.trace_id,
    });
    expect(agent.received[0]?.text).toContain(secret);
    expect(await activity(atlas, `?peer_id=${scout.id}`)).toHaveLength(1);
    expect(await activity(atlas, '?source=canvas')).toHaveLength(0);
  });

  test('of a person has a row at its receiver, one to oneself only a sent one', async () => {
    await send(atlas, 'hi');
    expect(await activity(atlas, '?source=canvas')).toMatchObject([{ source_id: null, activity_type: 'a2a_receive' }]);
    await send(atlas, 'note', { by: atlas });
    expect((await activity(atlas)).map((row) => row.activity_type)).toEqual(['a2a_send', 'a2a_receive']);
  });

  test('that failed, was refused, dropped or waited too long says so, in words', async () => {
    agent.reply = () => ({
      body: { jsonrpc: '2.0', id: 1, result: { status: { state: 'failed', message: { parts: [{ text: 'no bread' }] } } } },
    });
    await send(atlas, 'a');
    agent.reply = () => refused(400, 'bad_request', -32602);
    await send(atlas, 'b');
    await canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
    const { body } = await send<QueuedAnswer>(atlas, 'c');
    await canvas.ask(`POST /workspaces/${atlas.id}/a2a/queue/${body.queue_id}/drop`, { body: { reason: 'not needed' } });
    await send(atlas, 'd');
    canvas.platform.now += 25 * 3_600_000;
    canvas.platform.deps.delivery.sweep();
    await expect.poll(() => activity(atlas)).toHaveLength(4);
    expect((await activity(atlas)).map(({ status, error_detail }) => [status, error_detail])).toEqual([
      ['error', 'expired: It waited for 24 hours'],
      ['error', 'dropped: not needed'],
      ['error', 'no: bad_request'],
      ['error', 'no bread'],
    ]);
    expect((await activity(atlas, '?q=NOT%20needed')).map((row) => row.summary)).toEqual(['message/send ← this machine: c']);
  });

  test('too long for a row is cut there, and says so; the agent gets it whole', async () => {
    const long = 'x'.repeat(500_000);
    agent.reply = () => completed(long);
    await send(atlas, long);
    expect(agent.received[0]?.text).toBe(long);
    const [row] = await activity(atlas);
    expect(row?.request_body).toEqual({ cut: true, beginning: expect.stringContaining('xxx') });
    expect(row?.response_body).toEqual({ cut: true, beginning: expect.any(String) });
  });

  test('is forgotten by the activity after 30 days', async () => {
    await send(atlas, 'hi');
    canvas.platform.now += 29 * 86_400_000;
    await cleanUp(canvas.platform.deps);
    expect(await activity(atlas)).toHaveLength(1);
    canvas.platform.now += 2 * 86_400_000;
    await cleanUp(canvas.platform.deps);
    expect(await activity(atlas)).toHaveLength(0);
  });
});

describe('what a workspace notes itself', () => {
  const note = (body: Record<string, unknown>, { by = atlas, to = atlas } = {}) =>
    canvas.refusal(`POST /workspaces/${to.id}/activity`, { token: by.token, body });

  test('is kept without secrets, and cut', async () => {
    const { status } = await note({
      activity_type: 'a2a_receive',
      source_id: atlas.id,
      target_id: scout.id,
      method: 'message/send',
      summary: `Scout responded ${secret} \u0000 <b>`,
      request_body: { task: secret },
      response_body: { result: 'y'.repeat(100_000) },
      status: 'ok',
      duration_ms: 12,
      error_detail: secret,
    });
    expect(status).toBe(200);
    expect(await activity(atlas)).toMatchObject([
      {
        source_id: atlas.id,
        target_id: scout.id,
        summary: 'Scout responded [REDACTED:GITHUB_PAT] \ufffd <b>',
        request_body: { task: '[REDACTED:GITHUB_PAT]' },
        response_body: { cut: true },
        error_detail: '[REDACTED:GITHUB_PAT]',
      },
    ]);
  });

  test('is refused about others, of others, and when it is none', async () => {
    expect(await note({ activity_type: 'a2a_send', source_id: scout.id })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await note({ activity_type: 'a2a_send' }, { by: scout })).status).toBe(403);
    expect((await note({ activity_type: 'gossip' })).status).toBe(400);
    expect(await activity(atlas)).toEqual([]);
  });

  test('is all that a push workspace gets when it asks barely what it received; everybody else sees all', async () => {
    await send(atlas, 'inbound', { by: scout });
    await note({ activity_type: 'a2a_receive', source_id: atlas.id, target_id: scout.id, summary: 'an answer' });
    const bare = '?type=a2a_receive';
    expect((await activity(atlas, bare, atlas.token)).map((row) => row.summary)).toEqual(['an answer']);
    expect(await activity(atlas, bare)).toHaveLength(2);
    expect(await activity(atlas, `${bare}&since_secs=60`, atlas.token)).toHaveLength(2);
    expect(await activity(atlas, '', atlas.token)).toHaveLength(2);
  });

  test('a row that nobody knows to go on from is gone', async () => {
    for (const query of ['?since_id=none', '?before_id=none'])
      expect((await canvas.refusal(`GET /workspaces/${atlas.id}/activity${query}`)).status).toBe(410);
  });
});
