import { type Message, Role } from '@a2a-js/sdk';
import { DefaultExecutionEventBus, RequestContext, ServerCallContext } from '@a2a-js/sdk/server';
import { expect, test } from 'vitest';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Agent } from './agent.ts';
import { AgentBridge } from './agent-executor.ts';
import { Gate } from './gate.ts';
import { testFolders } from './test-folder.ts';
import { WorkInHand } from './work-in-hand.ts';
import { openWorkMemory } from './work-memory.ts';
import { WorkMeter } from './work-meter.ts';

const newFolder = testFolders();

const message = (messageId: string, text = 'hello'): Message => ({
  messageId,
  contextId: 'c1',
  taskId: 't1',
  role: Role.ROLE_USER,
  parts: [{ content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: 'text/plain' }],
  metadata: undefined,
  extensions: [],
  referenceTaskIds: [],
});

const requestOf = (asked: Message) =>
  new RequestContext(
    { tenant: '', message: asked, configuration: undefined, metadata: undefined },
    't1',
    'c1',
    new ServerCallContext({ requestedVersion: '1.0' }),
  );

async function bridgeTo(handle: Agent['handle']) {
  const meter = new WorkMeter();
  const work = new WorkInHand(meter);
  const memory = await openWorkMemory(newFolder());
  const agent = { name: 'A', description: '', skills: [], handle };
  return { bridge: new AgentBridge({ agent, meter, work, gate: new Gate(), memory, log: () => {} }), work, meter };
}

test('a message that was let in, but is on its way when all is told to end, never reaches the agent', async () => {
  const seen: string[] = [];
  const { bridge, work } = await bridgeTo(async ({ text }) => ({ text: String(seen.push(text)) }));
  const request = requestOf(message('m1'));
  const passage = bridge.enter('m1', null);
  expect(() => bridge.enter('m1', null)).toThrow('still at work');
  work.endAll(0);
  await bridge.execute(request, new DefaultExecutionEventBus());
  expect([seen, passage.refusal?.code, work.isIdle]).toEqual([[], 'draining', false]);
  bridge.leave(passage);
  expect([work.isIdle, work.unfinished]).toEqual([true, []]);
  const again = bridge.enter('m1', null);
  await bridge.execute(request, new DefaultExecutionEventBus());
  expect([seen, again.refusal]).toEqual([['hello'], null]);
});

test('a message for which there is no room in the line is refused, not failed: it may come again', async () => {
  const full = new CanvasError('overloaded', '50 messages wait for this agent already');
  let room = false;
  const { bridge } = await bridgeTo(async () => (room ? { text: 'done' } : Promise.reject(full)));
  const refused = bridge.enter('m1', null);
  await bridge.execute(requestOf(message('m1')), new DefaultExecutionEventBus());
  expect(refused.refusal).toMatchObject({ code: 'overloaded', message: full.message });
  bridge.leave(refused);
  room = true;
  const taken = bridge.enter('m1', null);
  await bridge.execute(requestOf(message('m1')), new DefaultExecutionEventBus());
  expect(taken.refusal).toBeNull();
});

test('a secret at the place where a summary is cut does not stay in half', async () => {
  const { bridge, meter } = await bridgeTo(async () => ({ text: 'done' }));
  let summary: string | undefined;
  meter.onChange = () => {
    summary ??= meter.inFlight[0]?.summary;
  };
  await bridge.execute(requestOf(message('m1', `${'x '.repeat(94)}gh${'p_'}${'a1B2'.repeat(9)}`)), new DefaultExecutionEventBus());
  expect(summary).toMatch(/^(x ){94}\[REDACTED/);
});
