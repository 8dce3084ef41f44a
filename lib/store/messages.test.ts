import { expect, test } from 'vitest';
import { inTransaction } from './in-transaction.ts';
import {
  changeMessage,
  insertMessage,
  type MessageChange,
  messageById,
  messageByKey,
  type NewMessage,
  openMessages,
  pruneMessages,
  putBackDelivering,
  queueOf,
  requestOf,
  statesOfRun,
} from './messages.ts';
import { newId } from './new-id.ts';
import type { Store } from './store.ts';
import { eachEngine } from './test-engines.ts';

const aMessage = (some: Partial<NewMessage> = {}): NewMessage => ({
  id: newId(),
  workspace_id: 'w',
  lane: 'operator:ada',
  message_id: newId(),
  state: 'waiting',
  attempts: 0,
  redelivered: false,
  created_at: 1000,
  expires_at: 2000,
  sender_id: null,
  sender_name: 'Ada',
  branch: null,
  trace_id: null,
  span_id: null,
  parent_span_id: null,
  delegation_id: null,
  task_id: null,
  request: '{"method":"message/send"}',
  summary: 'dig',
  delivered_at: null,
  run_id: null,
  why: '',
  ...some,
});

eachEngine('queued messages', (engine) => {
  const insert = (store: Store, ...messages: NewMessage[]) =>
    inTransaction(store, async (tx) => {
      const isNew: boolean[] = [];
      for (const message of messages) isNew.push(await insertMessage(tx, message));
      return isNew;
    });
  const change = (store: Store, id: string, to: MessageChange) => inTransaction(store, (tx) => changeMessage(tx, id, to));

  test('the same message of the same sender to the same workspace is kept once', async () => {
    const store = await engine.open();
    const one = aMessage({ message_id: 'm' });
    const others = [aMessage({ message_id: 'm', lane: 'operator:bob' }), aMessage({ message_id: 'm', workspace_id: 'v' })];
    expect(await insert(store, one, aMessage({ message_id: 'm', summary: 'other' }), ...others)).toEqual([true, false, true, true]);
    expect(await messageByKey(store.db, { workspace_id: 'w', lane: 'operator:ada', message_id: 'm' })).toMatchObject({
      queue_id: one.id,
      summary: 'dig',
      redelivered: false,
      answer: null,
    });
    expect(await messageByKey(store.db, { workspace_id: 'w', lane: 'nobody', message_id: 'm' })).toBeNull();
  });

  test('an answered or dropped message forgets its request, an expired or failed one keeps it', async () => {
    const store = await engine.open();
    for (const state of ['answered', 'dropped', 'expired', 'failed'] as const) {
      const message = aMessage();
      await insert(store, message);
      expect(await requestOf(store.db, message.id)).toBe(message.request);
      await change(store, message.id, { state, why: 'so', ended_at: state === 'failed' ? null : 1500, redelivered: true, attempts: 3 });
      expect(await messageById(store.db, message.id)).toMatchObject({
        state,
        why: 'so',
        redelivered: true,
        attempts: 3,
        head: { lane: message.lane },
      });
      expect(await requestOf(store.db, message.id)).toBe(state === 'answered' || state === 'dropped' ? null : message.request);
    }
  });

  test('the answer comes back as it was given', async () => {
    const store = await engine.open();
    const message = aMessage();
    await insert(store, message);
    const answer = { jsonrpc: '2.0', id: 1, result: { text: 'nul \u0000, half \ud800, quote "' } };
    await change(store, message.id, { state: 'answered', answer: JSON.stringify(answer), ended_at: 1500 });
    expect((await messageById(store.db, message.id))?.answer).toEqual(answer);
  });

  test('what was with an agent waits again, marked, and what has ended stays', async () => {
    const store = await engine.open();
    const [waiting, delivering, done] = [aMessage(), aMessage({ state: 'delivering', attempts: 1 }), aMessage({ state: 'delivering' })];
    await insert(store, waiting, delivering, done);
    await change(store, done.id, { state: 'answered', ended_at: 1500 });
    expect(await inTransaction(store, (tx) => putBackDelivering(tx, 'it ended'))).toBe(1);
    expect((await openMessages(store.db)).map(({ id, state, redelivered, attempts }) => [id, state, redelivered, attempts])).toEqual([
      [waiting.id, 'waiting', false, 0],
      [delivering.id, 'waiting', true, 1],
    ]);
    expect(await messageById(store.db, done.id)).toMatchObject({ state: 'answered', redelivered: false });
  });

  test('a queue shows what is open, oldest first, then what ended, newest first, and counts all that is open', async () => {
    const store = await engine.open();
    const all = ['a', 'b', 'c', 'd', 'e'].map((name, at) => aMessage({ message_id: name, created_at: 1000 + at }));
    await insert(store, ...all, aMessage({ workspace_id: 'v' }));
    const idOf = (name: string) => all.find(({ message_id }) => message_id === name)?.id ?? '';
    await change(store, idOf('a'), { state: 'answered', ended_at: 1500 });
    await change(store, idOf('c'), { state: 'dropped', ended_at: 1400 });
    await change(store, idOf('d'), { state: 'failed' });
    const names = async (state: 'open' | 'ended' | 'all', limit = 10) =>
      (await queueOf(store.db, 'w', { state, limit })).items.map(({ message_id }) => message_id).join('');
    expect(await names('open')).toBe('bde');
    expect(await names('ended')).toBe('ca');
    expect(await names('all')).toBe('bdeca');
    expect(await names('all', 4)).toBe('bdec');
    expect(await names('all', 2)).toBe('bd');
    expect(await queueOf(store.db, 'w', { state: 'open', limit: 1 })).toMatchObject({ waiting: 2, failed: 1 });
  });

  test('a run counts what it held back; a week later what ended is removed', async () => {
    const store = await engine.open();
    const [one, two] = [aMessage({ run_id: 'r' }), aMessage({ run_id: 'r' })];
    await insert(store, one, two, aMessage({ run_id: 'other' }));
    await change(store, one.id, { state: 'answered', ended_at: 1500 });
    expect(await statesOfRun(store.db, 'r')).toEqual({ waiting: 1, delivering: 0, answered: 1, failed: 0, dropped: 0, expired: 0 });
    expect(await pruneMessages(store.db, 1500, 10)).toBe(0);
    expect(await pruneMessages(store.db, 1501, 10)).toBe(1);
    expect(await messageById(store.db, one.id)).toBeNull();
    expect(await messageById(store.db, two.id)).not.toBeNull();
  });

  test('what ended is removed in parts, the oldest first', async () => {
    const store = await engine.open();
    const all = [1, 2, 3, 4, 5].map(() => aMessage());
    await insert(store, ...all);
    for (const [at, { id }] of all.entries()) await change(store, id, { state: 'answered', ended_at: 1000 + at });
    const left = async () => (await queueOf(store.db, 'w', { state: 'ended', limit: 10 })).items.map(({ ended_at }) => ended_at).sort();
    expect(await pruneMessages(store.db, 1004, 3)).toBe(3);
    expect(await left()).toEqual([1003, 1004]);
    expect(await pruneMessages(store.db, 1004, 3)).toBe(1);
    expect(await left()).toEqual([1004]);
  });
});
