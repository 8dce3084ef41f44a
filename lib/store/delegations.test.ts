import { expect, test } from 'vitest';
import type { DelegationRow } from '#lib/contract/delegations.ts';
import { delegationsPage } from './delegation-lists.ts';
import { changeTexts, claimKey, insertTexts, keyHolder, pruneKeys, textsOf } from './delegation-texts.ts';
import {
  changeDelegation,
  delegationById,
  delegationsOfTrace,
  edgesSince,
  endedSince,
  insertDelegation,
  pruneDelegations,
} from './delegations.ts';
import { messageKeyOf, openDelegations, strayMessages } from './delegations-open.ts';
import { inTransaction } from './in-transaction.ts';
import { insertMemory, memoriesOf, memoryBytes, pruneMemories, removeMemory } from './memories.ts';
import { insertMessage, type NewMessage } from './messages.ts';
import type { Store } from './store.ts';
import { eachEngine } from './test-engines.ts';
import { aDelegation as anyDelegation, aWorkspace } from './test-rows.ts';
import { messagesOfTrace, sizeOfTrace, timesOfRuns } from './trace-rows.ts';
import { workspaceNames } from './workspace-names.ts';
import { insertWorkspace } from './workspaces.ts';

const NOW = 1_790_000_000_000;
const TRACE = 'a'.repeat(32);

const aDelegation = (some: Partial<DelegationRow> = {}) => anyDelegation({ created_at: NOW, ...some });

const carrying = (did: string, some: Partial<NewMessage> = {}): NewMessage => ({
  id: `m-${did}`,
  workspace_id: 't',
  ...messageKeyOf(did),
  state: 'waiting',
  attempts: 1,
  redelivered: false,
  task_id: null,
  created_at: NOW,
  expires_at: NOW + 60_000,
  sender_id: 's',
  sender_name: 'S',
  branch: null,
  trace_id: TRACE,
  span_id: 'b'.repeat(16),
  parent_span_id: null,
  delegation_id: did,
  request: '{}',
  summary: 'x',
  delivered_at: NOW,
  run_id: null,
  why: 'It is offline',
  ...some,
});

eachEngine('delegations', (engine) => {
  const filled = async (rows: Partial<DelegationRow>[]): Promise<Store> => {
    const store = await engine.open();
    for (const row of rows) expect(await insertDelegation(store.db, aDelegation(row))).toBe(true);
    return store;
  };

  test('change until their end, and never after it', async () => {
    const { db } = await filled([{}]);
    expect(await insertDelegation(db, aDelegation({ summary: 'another' }))).toBe(false);
    const moved = await changeDelegation(db, 'd1', { status: 'in_progress', attempts: 1, queue_id: 'q', started_at: NOW + 1 }, NOW + 1);
    expect(moved).toEqual(aDelegation({ status: 'in_progress', attempts: 1, queue_id: 'q', started_at: NOW + 1, updated_at: NOW + 1 }));
    const end = {
      status: 'failed',
      ended_at: NOW + 2,
      error: 'a\u0000b',
      cancelled: true,
      response_cut: true,
      response_preview: 'p',
    } as const;
    expect(await changeDelegation(db, 'd1', end, NOW + 2)).toMatchObject({ error: 'a\ufffdb', cancelled: true, response_cut: true });
    expect(await changeDelegation(db, 'd1', { status: 'completed' }, NOW + 3)).toBeNull();
    expect(await delegationById(db, 'd1')).toMatchObject({ status: 'failed', summary: 'Count 100% of it', updated_at: NOW + 2 });
    expect(await delegationById(db, 'none')).toBeNull();
  });

  test('keep their texts', async () => {
    const { db } = await filled([{}]);
    await insertTexts(db, 'd1', { task: 'a\u0000b', response: '' });
    await changeTexts(db, 'd1', { response: 'r' });
    expect(await textsOf(db, 'd1')).toEqual({ task: 'a\ufffdb', response: 'r' });
    await changeTexts(db, 'd1', { task: 'clean' });
    expect(await textsOf(db, 'd1')).toEqual({ task: 'clean', response: 'r' });
    expect(await textsOf(db, 'none')).toBeNull();
  });

  test('are found by every part of a filter, page by page', async () => {
    const { db } = await filled([
      { delegation_id: 'd1', created_at: NOW },
      { delegation_id: 'd2', created_at: NOW, source_id: 't', target_id: 'u', status: 'completed', ended_at: NOW, summary: '100 of it' },
      { delegation_id: 'd3', created_at: NOW + 1, trace_id: 'c'.repeat(32), status: 'failed', ended_at: NOW },
    ]);
    const ids = async (filter: Parameters<typeof delegationsPage>[1]) =>
      (await delegationsPage(db, filter, { limit: 9 })).rows.map(({ delegation_id }) => delegation_id).join(' ');
    expect(await ids({})).toBe('d3 d2 d1');
    expect(await ids({ open: true })).toBe('d1');
    expect(await ids({ states: ['failed', 'completed'] })).toBe('d3 d2');
    expect(await ids({ states: [] })).toBe('');
    expect(await ids({ ids: ['d1', 'd3'], open: true })).toBe('d1');
    expect(await ids({ ids: [] })).toBe('');
    expect(await ids({ source: 's' })).toBe('d3 d1');
    expect(await ids({ target: 'u' })).toBe('d2');
    expect(await ids({ workspace: 't' })).toBe('d3 d2 d1');
    expect(await ids({ trace: TRACE })).toBe('d2 d1');
    expect(await ids({ text: '100% OF' })).toBe('d3 d1');
    expect(await ids({ text: '\\' })).toBe('');
    const first = await delegationsPage(db, {}, { limit: 2 });
    expect((await delegationsPage(db, {}, { limit: 2, cursor: first.next ?? '' })).rows.map((row) => row.delegation_id)).toEqual(['d1']);
    expect((await delegationsOfTrace(db, TRACE, 9)).map((row) => row.delegation_id)).toEqual(['d1', 'd2']);
  });

  test('are counted by their ends and by who asked whom', async () => {
    const { db } = await filled([
      { delegation_id: 'd1' },
      { delegation_id: 'd2', status: 'expired', ended_at: NOW + 5, created_at: NOW + 1 },
      { delegation_id: 'd3', status: 'expired', ended_at: NOW - 5, created_at: NOW - 9 },
      { delegation_id: 'd4', source_id: 'u', status: 'completed', ended_at: NOW + 5 },
    ]);
    expect(await endedSince(db, NOW)).toEqual({ completed: 1, failed: 0, expired: 1 });
    expect(await edgesSince(db, NOW, 9)).toEqual([
      { source_id: 's', target_id: 't', count: 2, open: 1, failed: 1, last_at: NOW + 1 },
      { source_id: 'u', target_id: 't', count: 1, open: 0, failed: 0, last_at: NOW },
    ]);
  });

  test('that are open come with their messages; messages of ended ones are strays', async () => {
    const { db } = await filled([
      { delegation_id: 'd1' },
      { delegation_id: 'd2' },
      { delegation_id: 'd3', status: 'failed', ended_at: NOW },
    ]);
    for (const did of ['d1', 'd3']) await insertMessage(db, carrying(did));
    await db.updateTable('messages').set({ answer: '{"result":1}', state: 'answered', ended_at: NOW }).where('id', '=', 'm-d1').execute();
    expect(await openDelegations(db)).toEqual([
      {
        row: aDelegation(),
        message: { queue_id: 'm-d1', state: 'answered', why: 'It is offline', attempts: 1, answer: '{"result":1}' },
      },
      { row: aDelegation({ delegation_id: 'd2' }), message: null },
    ]);
    expect(await strayMessages(db)).toEqual(['m-d3']);
  });

  test('a key stands for one delegation of its source, for a time', async () => {
    const store = await filled([]);
    const claim = (source_id: string, delegation_id: string, created_at: number, validFrom: number) =>
      inTransaction(store, (tx) => claimKey(tx, { source_id, key: 'k\u0000', delegation_id, created_at }, validFrom));
    expect(await claim('s', 'd1', NOW, NOW - 10)).toBeNull();
    expect(await claim('s', 'd2', NOW + 5, NOW - 5)).toBe('d1');
    expect(await claim('u', 'd3', NOW + 5, NOW - 5)).toBeNull();
    expect(await keyHolder(store.db, 's', 'k\u0000', NOW)).toBe('d1');
    expect(await keyHolder(store.db, 's', 'k\u0000', NOW + 1)).toBeNull();
    expect(await claim('s', 'd4', NOW + 20, NOW + 10)).toBeNull();
    expect(await keyHolder(store.db, 's', 'k\u0000', NOW)).toBe('d4');
    expect(await pruneKeys(store.db, NOW + 6)).toBe(1);
  });

  test('old ones are removed with their texts', async () => {
    const store = await filled([
      { delegation_id: 'd1' },
      { delegation_id: 'd2', status: 'failed', ended_at: NOW - 1 },
      { delegation_id: 'd3', status: 'failed', ended_at: NOW },
    ]);
    for (const did of ['d1', 'd2', 'd3']) await insertTexts(store.db, did, { task: did, response: '' });
    expect(await inTransaction(store, (tx) => pruneDelegations(tx, NOW, 0))).toBe(0);
    expect(await inTransaction(store, (tx) => pruneDelegations(tx, NOW, 9))).toBe(1);
    expect(await textsOf(store.db, 'd2')).toBeNull();
    expect(await textsOf(store.db, 'd3')).not.toBeNull();
  });
});

eachEngine('the rows of a trace', (engine) => {
  test('are its messages, with the beginning of a long answer', async () => {
    const { db } = await engine.open();
    await insertDelegation(db, aDelegation());
    await insertMessage(db, carrying('d1'));
    await insertMessage(db, carrying('x', { id: 'm2', delegation_id: null, message_id: 'm2', redelivered: true, state: 'delivering' }));
    await insertMessage(db, carrying('y', { id: 'm3', trace_id: null }));
    await db
      .updateTable('messages')
      .set({ answer: 'x'.repeat(5000) })
      .where('id', '=', 'm2')
      .execute();
    const found = await messagesOfTrace(db, TRACE, 9);
    expect(found.map(({ id, redelivered, answer }) => [id, redelivered, answer?.length ?? null])).toEqual([
      ['m-d1', false, null],
      ['m2', true, 400],
    ]);
    expect(await sizeOfTrace(db, TRACE)).toBe(2);
    expect(await timesOfRuns(db, ['none'])).toEqual(new Map());
  });

  test('name removed workspaces too', async () => {
    const { db } = await engine.open();
    await insertWorkspace(db, aWorkspace({ id: 'w', name: 'Atlas', removed_at: NOW }));
    expect(await workspaceNames(db, ['w', 'none'])).toEqual(new Map([['w', 'Atlas']]));
  });
});

eachEngine('memories', (engine) => {
  test('are of their workspace, counted and removed', async () => {
    const store = await engine.open();
    const { db } = store;
    const memory = (id: string, workspace_id: string, created_at: number) =>
      insertMemory(db, { id, workspace_id, content: `${id}\u0000`, scope: 'LOCAL', created_at }, 3);
    await memory('m1', 'w', NOW);
    await memory('m2', 'w', NOW + 1);
    await memory('m3', 'v', NOW);
    await insertMemory(db, { id: 'm4', workspace_id: 'w', content: 'long', scope: 'LOCAL', created_at: NOW - 1 }, 300);
    expect(await memoryBytes(db, 'w', 1)).toBe(306);
    expect(await memoryBytes(db, 'w', 256)).toBe(812);
    expect(await memoryBytes(db, 'none', 1)).toBe(0);
    expect((await memoriesOf(db, 'w', 2)).map(({ content }) => content)).toEqual(['m2\ufffd', 'm1\ufffd']);
    expect(await removeMemory(db, 'v', 'm1')).toBe(false);
    expect(await removeMemory(db, 'w', 'm1')).toBe(true);
    await insertWorkspace(db, aWorkspace({ id: 'v', removed_at: NOW }));
    expect(await inTransaction(store, (tx) => pruneMemories(tx, NOW))).toBe(0);
    expect(await inTransaction(store, (tx) => pruneMemories(tx, NOW + 1))).toBe(1);
  });
});
