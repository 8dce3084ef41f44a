import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOCAL_OPERATOR } from './actor.ts';
import { sendMessage } from './message-verbs.ts';
import { getQueued, listQueue } from './queue-verbs.ts';
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

/** JSON that becomes an object which no text can be made of. */
const textless = { toString: 1, valueOf: 1 };

describe('a refusal', () => {
  test('whose message is no text is one, and nothing else waits for it', async () => {
    agent.reply = () => ({ body: { jsonrpc: '2.0', id: 1, error: { code: -1, message: textless } } });
    expect(await send('one')).toMatchObject({ answer: { error: { code: -1 } } });
    agent.reply = () => completed('well');
    expect(await send('two')).toMatchObject({ answer: { result: { parts: [{ text: 'well' }] } } });
    const { items } = await listQueue(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, state: 'all' });
    expect(items).toHaveLength(2);
  });
});
