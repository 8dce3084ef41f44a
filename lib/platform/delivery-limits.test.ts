import { expect, test } from 'vitest';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { insertMessage } from '#lib/store/messages.ts';
import { newId } from '#lib/store/new-id.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { sendMessage } from './message-verbs.ts';
import { listQueue } from './queue-verbs.ts';
import { TestA2aAgent } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';

const LIMIT = 5000;
const NO_PLACE = { branch: null, trace_id: null, span_id: null, parent_span_id: null, delegation_id: null };

test('messages that failed keep nobody out: only so many are kept, the newest', async () => {
  const canvas = await new TestPlatform().open();
  const agent = await new TestA2aAgent().open();
  const atlas = await canvas.workspace('Atlas');
  await agent.serve(canvas, atlas, 'Atlas');
  const row = { workspace_id: atlas.id, lane: 'operator:ada', sender_id: null, sender_name: 'Ada', ...NO_PLACE };
  const said = {
    state: 'failed',
    attempts: 5,
    redelivered: true,
    request: '{}',
    summary: '',
    delivered_at: 1,
    run_id: null,
    task_id: null,
    why: '',
  } as const;
  const times = { created_at: canvas.now, expires_at: canvas.now };
  await inTransaction(canvas.store, async (tx) => {
    for (let number = 0; number <= LIMIT; number += 1)
      await insertMessage(tx, { ...row, ...said, ...times, id: newId(), message_id: `m${number}` });
  });
  await canvas.abandon();
  await canvas.open();
  const body = { method: 'message/send', params: { message: { parts: ['hi'] } } };
  const reply = await sendMessage(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, body, claimed_sender: null, wait_seconds: null });
  expect(reply).toMatchObject({ answer: { result: { parts: [{ text: 'did hi' }] } } });
  canvas.deps.delivery.sweep();
  const rows = async (state: 'open' | 'ended') => (await listQueue(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, state, limit: 1 })).items;
  await expect.poll(async () => (await rows('open'))[0]?.message_id).toBe('m1');
  expect(canvas.deps.fleet.get(atlas.id).queued).toBe(LIMIT);
  await canvas.close();
  await agent.close();
  canvas.removeFolder();
});
