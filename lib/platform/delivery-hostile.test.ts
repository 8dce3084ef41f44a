import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOCAL_OPERATOR } from './actor.ts';
import { sendMessage } from './message-verbs.ts';
import { getQueued } from './queue-verbs.ts';
import { completed, type Reply, TestA2aAgent } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
let agent: TestA2aAgent;
let atlas: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new TestA2aAgent().open();
  atlas = await canvas.workspace('Atlas');
  await agent.serve(canvas, atlas, 'Atlas');
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
  canvas.removeFolder();
});

const nested = (levels: number): Reply => ({
  body: `{"jsonrpc":"2.0","id":1,"result":{"kind":"message","parts":[],"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`,
});
const send = (text: string, wait: number | null = 60) =>
  sendMessage(canvas.deps, LOCAL_OPERATOR, {
    id: atlas.id,
    body: { jsonrpc: '2.0', id: 7, method: 'message/send', params: { message: { messageId: text, role: 'user', parts: [{ text }] } } },
    claimed_sender: null,
    wait_seconds: wait,
  });

describe('an answer that nests', () => {
  test('deeper than any real one makes no sense, and ends nothing but its attempt', async () => {
    agent.reply = () => nested(5000);
    const reply = await send('one', null);
    if (!('queued' in reply)) throw new Error(`it was answered: ${JSON.stringify(reply)}`);
    const { queue_id: qid } = reply.queued;
    expect(await getQueued(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, qid })).toMatchObject({
      state: 'waiting',
      redelivered: true,
      why: 'It answered 200 without JSON',
    });
    agent.reply = () => completed('well');
    expect(await send('one')).toMatchObject({ answer: { result: { parts: [{ text: 'well' }] } } });
  });

  test('as deep as the deepest request, in a task that holds it, is an answer', async () => {
    agent.reply = () => nested(100);
    expect(await send('one')).toMatchObject({ answer: { result: { kind: 'message' } } });
  });
});
