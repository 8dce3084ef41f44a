import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LOCAL_OPERATOR } from './actor.ts';
import { getDelegation } from './delegation-reads.ts';
import { delegate } from './delegation-verbs.ts';
import { register } from './registry-verbs.ts';
import { TestA2aAgent, taskIs } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
let agent: TestA2aAgent;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new TestA2aAgent().open();
  scout = await canvas.workspace('Scout');
  atlas = await canvas.workspace('Atlas');
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
  canvas.removeFolder();
});

const cardOf = (versions: string[], more: Record<string, unknown> = {}) => ({
  name: 'Atlas',
  supportedInterfaces: versions.map((protocolVersion) => ({ url: agent.url, protocolBinding: 'JSONRPC', protocolVersion })),
  ...more,
});
const serveWith = async (agent_card: Record<string, unknown>) => {
  const actor = { kind: 'workspace', id: atlas.id, name: 'Atlas', token_id: 'test' } as const;
  await register(canvas.deps, actor, { id: atlas.id, url: agent.url, join_code: null, agent_card });
  await canvas.beat(atlas, { boot_id: 'boot-1' });
};
const untilDone = (did: string) =>
  vi.waitFor(async () => expect(await getDelegation(canvas.deps, LOCAL_OPERATOR, { did })).toMatchObject({ status: 'completed' }), {
    timeout: 15_000,
    interval: 10,
  });
const give = async () => (await delegate(canvas.deps, LOCAL_OPERATOR, { id: scout.id, target_id: atlas.id, task: 'dig' })).delegation_id;

test('an agent that speaks 1.0 alone is asked in that, from the message to the end of its task', async () => {
  agent.reply = () => ({
    body: { jsonrpc: '2.0', id: 1, result: { task: { id: 'task-1', status: { state: 'TASK_STATE_WORKING' } } } },
  });
  agent.replyOfTask = () => taskIs('TASK_STATE_COMPLETED', { artifacts: [{ parts: [{ text: 'done' }] }] });
  await serveWith(cardOf(['1.0']));
  const did = await give();
  await untilDone(did);
  expect(agent.received).toMatchObject([
    {
      version: '1.0',
      request: {
        method: 'SendMessage',
        params: { message: { role: 'ROLE_USER', parts: [{ text: 'dig' }] }, configuration: { returnImmediately: false } },
      },
    },
  ]);
  expect(JSON.stringify(agent.received[0]?.request)).not.toContain('"kind"');
  expect(agent.asked).toEqual([{ method: 'GetTask', id: 'task-1', version: '1.0' }]);
});

test.each<[string, () => Record<string, unknown>]>([
  ['both', () => cardOf(['1.0', '0.3'])],
  ['1.0 beside a card of 0.3', () => cardOf(['1.0'], { protocolVersion: '0.3.0', url: agent.url })],
  ['0.3', () => ({ name: 'Atlas', protocolVersion: '0.3.0' })],
  ['what it does not say', () => ({ name: 'Atlas' })],
])('one that speaks %s is asked in 0.3', async (_name, card) => {
  await serveWith(card());
  await untilDone(await give());
  expect(agent.received).toMatchObject([
    { version: undefined, request: { method: 'message/send', params: { message: { kind: 'message', role: 'user' } } } },
  ]);
});
