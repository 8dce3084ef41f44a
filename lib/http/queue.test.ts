import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { QueuedAnswer, QueuedMessage, QueuedMessageDetail, QueuePage } from '#lib/contract/messages.ts';
import { completed, heldReply, TestA2aAgent } from '#lib/platform/test-a2a-agent.ts';
import { type Asked, TestServer } from './test-server.ts';

let canvas: TestServer;
let agent: TestA2aAgent;
let atlas: { id: string; token: string };
let sibling: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestServer().open();
  agent = await new TestA2aAgent().open();
  atlas = await canvas.workspace('Atlas');
  sibling = await canvas.workspace('Sibling');
  await agent.serve(canvas.platform, atlas, 'Atlas');
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
});

const message = (text: string, more: Record<string, unknown> = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'message/send',
  params: { message: { role: 'user', parts: [{ kind: 'text', text }], ...more } },
});
const send = <T = unknown>(body: unknown, asked: Asked = {}) => canvas.ask<T>(`POST /workspaces/${atlas.id}/a2a`, { body, ...asked });
const wedge = () => canvas.beat(atlas, { runtime_state: 'wedged', boot_id: 'boot-1' });
const recover = () => canvas.beat(atlas, { boot_id: 'boot-1' });
const queue = async () => (await canvas.ask<QueuePage>(`GET /workspaces/${atlas.id}/a2a/queue`)).body;

describe('POST /workspaces/:id/a2a', () => {
  test.each<[string, unknown]>([
    ['A2A 0.3', message('hi')],
    [
      'A2A 1.0',
      { jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message: { messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'hi' }] } } },
    ],
    ['no envelope', { method: 'message/send', params: { message: { parts: [{ type: 'text', text: 'hi' }] } } }],
    ['a content string', { method: 'message/send', params: { message: { content: 'hi' } } }],
  ])('takes %s and answers with the agent’s answer', async (_name, body) => {
    const answer = await send<{ result: unknown }>(body);
    expect([answer.status, answer.body.result]).toEqual([200, expect.objectContaining({ parts: [{ kind: 'text', text: 'did hi' }] })]);
    expect(agent.received[0]?.messageId).not.toBe('');
  });

  test('queues with 202 what cannot be delivered now, and tells where it is', async () => {
    await wedge();
    const { status, body } = await send<QueuedAnswer>(message('hi'), { token: sibling.token });
    expect([status, body]).toEqual([202, { queued: true, queue_id: expect.any(String), queue_depth: 1 }]);
    const place = `/workspaces/${atlas.id}/a2a/queue/${body.queue_id}`;
    expect((await canvas.ask<QueuedMessageDetail>(`GET ${place}`, { token: sibling.token })).body).toMatchObject({
      state: 'waiting',
      sender_id: sibling.id,
      sender_name: 'Sibling',
      answer: null,
    });
    expect(await queue()).toMatchObject({ waiting: 1, failed: 0, items: [{ queue_id: body.queue_id, summary: 'hi' }] });
    await recover();
    await vi.waitFor(async () => {
      const { body: row } = await canvas.ask<QueuedMessageDetail>(`GET ${place}`, { token: sibling.token });
      expect(row).toMatchObject({ state: 'answered', answer: { result: { parts: [{ text: 'did hi' }] } } });
    });
    expect(agent.received[0]?.sender).toBe(sibling.id);
  });

  test('waits as long as it is asked to, at most ten minutes, and says so', async () => {
    await wedge();
    const none = await send(message('one'), { headers: { prefer: 'respond-async' } });
    expect([none.status, none.headers.get('preference-applied')]).toEqual([202, 'wait=0']);
    const patient = send<{ id: unknown }>(message('two'), { headers: { prefer: 'handling=lenient, wait=99999' } });
    await vi.waitFor(async () => expect((await queue()).waiting).toBe(2));
    await recover();
    const { status, body, headers } = await patient;
    expect([status, body.id, headers.get('preference-applied')]).toEqual([200, 1, 'wait=600']);
    expect((await send(message('three'), { headers: { prefer: 'wait=soon' } })).headers.get('preference-applied')).toBeNull();
  });

  test('keeps the connection of one who waits longer than a silent one may last', async () => {
    const held = heldReply();
    agent.reply = () => held.reply;
    // Long enough that the request itself is taken within it.
    canvas.server.app.server.setTimeout(1000);
    const answer = send(message('slow'));
    await agent.has(1);
    const silent = connect(canvas.port, '127.0.0.1');
    silent.resume();
    await once(silent, 'close');
    held.give(completed('at last'));
    expect((await answer).status).toBe(200);
  });

  test('goes on with a message whose sender hung up', async () => {
    const held = heldReply();
    agent.reply = () => held.reply;
    const leaving = new AbortController();
    const url = `${canvas.url}/workspaces/${atlas.id}/a2a`;
    const body = JSON.stringify(message('one', { messageId: 'm1' }));
    const asked = fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' }, signal: leaving.signal });
    await agent.has(1);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    held.give(completed('done'));
    expect((await send(message('one', { messageId: 'm1' }))).body).toMatchObject({ result: { parts: [{ text: 'done' }] } });
    expect(agent.received).toHaveLength(1);
  });

  test('lets those who wait go when the platform ends', async () => {
    const held = heldReply();
    agent.reply = () => held.reply;
    const answer = send(message('one'), { headers: { prefer: 'wait=60' } });
    await agent.has(1);
    await canvas.platform.platform.endWorkspaces('leave');
    expect((await answer).status).toBe(202);
    held.give(completed('done'));
  });

  test('"self" is the workspace that asks, and X-Workspace-ID must be its own', async () => {
    const body = message('to myself');
    const asSelf = (headers: Record<string, string> = {}) =>
      canvas.refusal('POST /workspaces/self/a2a', { token: atlas.token, body, headers });
    expect((await asSelf({ 'x-workspace-id': atlas.id })).status).toBe(200);
    expect(await asSelf({ 'x-workspace-id': sibling.id })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await canvas.refusal('POST /workspaces/self/a2a', { body })).status).toBe(404);
    expect(agent.received).toHaveLength(1);
  });

  test('other methods are refused in JSON-RPC, and nothing is queued', async () => {
    const { status, body } = await send({ jsonrpc: '2.0', id: 'x', method: 'agent/getAuthenticatedExtendedCard', params: {} });
    expect([status, body]).toEqual([
      200,
      { jsonrpc: '2.0', id: 'x', error: { code: -32601, message: expect.stringContaining('agent-card.json') } },
    ]);
    expect(await queue()).toMatchObject({ items: [] });
  });

  test.each<[string, unknown, number]>([
    ['no method', { params: {} }, 400],
    ['a list', [message('hi')], 400],
    ['no message', { method: 'message/send', params: {} }, 400],
    ['a message that is a text', { method: 'message/send', params: { message: 'hi' } }, 400],
    ['an id that is too long', message('hi', { messageId: 'x'.repeat(257) }), 400],
    ['an id with a line break', message('hi', { messageId: 'a\nb' }), 400],
    ['no JSON', '{"method":', 400],
    ['a prototype', '{"method":"message/send","params":{"message":{"__proto__":{"a":1}}}}', 400],
    ['more than 1 MB', message('x'.repeat(1024 * 1024)), 413],
  ])('refuses %s', async (_name, body, status) => {
    const answer = await canvas.refusal(`POST /workspaces/${atlas.id}/a2a`, { body });
    expect([answer.status, answer.body.error.length > 10]).toEqual([status, true]);
    expect(agent.received).toHaveLength(0);
    expect(await queue()).toMatchObject({ items: [] });
  });

  test('takes hostile texts as they are, and shows their beginning without secrets', async () => {
    await wedge();
    const secret = `ghp_${'a1B2c3D4'.repeat(4)}zzzz`;
    const text = `nul \u0000 half \ud800 <script>alert(1)</script> ${secret} ${'long '.repeat(1000)}`;
    expect((await send(message(text))).status).toBe(202);
    const [row] = (await queue()).items;
    expect(row?.summary.length).toBeLessThanOrEqual(200);
    expect(row?.summary).toContain('[REDACTED:GITHUB_PAT]');
    await recover();
    await agent.has(1);
    expect(agent.received[0]?.text).toBe(text);
  });

  test('refuses what is for nobody, and for one that was removed', async () => {
    const other = await canvas.workspace('Other');
    const to = (id: string) => canvas.refusal(`POST /workspaces/${id}/a2a`, { body: message('hi') });
    expect((await to('nobody')).status).toBe(404);
    await canvas.ask(`DELETE /workspaces/${other.id}`);
    expect((await to(other.id)).status).toBe(410);
  });
});

describe('the queue of a workspace', () => {
  test('is managed by an operator: drop with a reason, retry only what failed or expired', async () => {
    await wedge();
    const { body } = await send<QueuedAnswer>(message('hi'));
    const place = `/workspaces/${atlas.id}/a2a/queue/${body.queue_id}`;
    expect((await canvas.refusal(`POST ${place}/retry`, { body: {} })).status).toBe(409);
    expect((await canvas.refusal(`POST ${place}/drop`, { body: {} })).status).toBe(400);
    const dropped = await canvas.ask<QueuedMessage>(`POST ${place}/drop`, { body: { reason: 'not needed' } });
    expect(dropped.body).toMatchObject({ state: 'dropped', why: 'not needed', queue_id: body.queue_id });
    expect(await queue()).toMatchObject({ waiting: 0, items: [] });
    const ended = await canvas.ask<QueuePage>(`GET /workspaces/${atlas.id}/a2a/queue?state=ended`);
    expect(ended.body.items).toMatchObject([{ state: 'dropped' }]);
    expect((await canvas.refusal(`GET /workspaces/${sibling.id}/a2a/queue/${body.queue_id}`)).status).toBe(404);
    expect((await canvas.refusal(`GET /workspaces/${atlas.id}/a2a/queue?limit=0`)).status).toBe(400);
  });
});
