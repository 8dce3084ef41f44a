import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestServer } from './test-server.ts';
import { TestStreamingAgent } from './test-streaming-agent.ts';

let canvas: TestServer;
let agent: TestStreamingAgent;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestServer().open();
  agent = await new TestStreamingAgent().open();
  atlas = await canvas.workspace('Atlas');
  scout = await canvas.workspace('Scout');
  for (const one of [atlas, scout]) await agent.serve(canvas, one);
});
afterEach(async () => {
  await agent.close();
  await canvas.close();
});

type Json = Record<string, unknown>;
const LIMIT = { boot_id: 'boot-1', runtime_metadata: { idle_timeout_seconds: 0.05 } };
const silentSoon = (to: { id: string; token: string }, more: Json = {}) => canvas.beat(to, { ...LIMIT, ...more });
const ask = (to: { id: string }, method = 'message/send') =>
  canvas.ask<Json>(`POST /workspaces/${to.id}/a2a`, {
    body: { jsonrpc: '2.0', id: 1, method, params: { id: 't1', message: { role: 'user', parts: [{ kind: 'text', text: 'hi' }] } } },
  });
/** Resolves when everything that began to be watched before is looked at: those who began first are. */
const aLookAtAll = async (lines: number) => {
  await silentSoon(scout);
  const silent = ask(scout);
  await (await agent.line(lines)).closed;
  await silent;
};

test('a silent agent is given up, and asked again', async () => {
  await silentSoon(atlas);
  const sent = ask(atlas);
  await (await agent.line(0)).closed;
  expect((await sent).status).toBe(202);
  await agent.line(1);
});

test('an agent is at work as long as its beats say so, and no longer', async () => {
  await silentSoon(atlas, { active_tasks: 1 });
  const sent = ask(atlas);
  const line = await agent.line(0);
  // From now on nothing is delivered: what is put back stays so.
  await silentSoon(atlas, { active_tasks: 1, runtime_state: 'wedged' });
  await aLookAtAll(1);
  expect(line.response.destroyed).toBe(false);
  // Its beats are of this moment as long as the platform's clock stands: it is silent once that goes on.
  canvas.platform.now += 100;
  await line.closed;
  expect((await sent).status).toBe(202);
  const message = canvas.platform.store.db.selectFrom('messages').select(['state', 'redelivered', 'why']);
  expect(await message.where('workspace_id', '=', atlas.id).execute()).toEqual([
    { state: 'waiting', redelivered: 1, why: expect.stringContaining('silent for 0.05 s') },
  ]);
});

test.each(['message/send', 'tasks/resubscribe'])('%s: the beats that come while an agent works count', async (method) => {
  await silentSoon(atlas, { active_tasks: 1 });
  const sent = ask(atlas, method);
  const line = await agent.line(0);
  canvas.platform.now += 100;
  // Heard within this turn: nothing looks in between.
  await canvas.platform.beat(atlas, { ...LIMIT, active_tasks: 1 });
  await aLookAtAll(1);
  line.json({ kind: 'task', id: 't1', status: { state: 'completed' } });
  expect(await sent).toMatchObject({ status: 200, body: { result: { id: 't1' } } });
});
