import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DelegationFilter, delegationsPage } from './delegation-lists.ts';
import { claimKey, keyHolder, pruneKeys, textsOf } from './delegation-texts.ts';
import { delegationById, delegationsOfTrace, edgesSince, endedSince, pruneDelegations } from './delegations.ts';
import { openDelegations, strayMessages } from './delegations-open.ts';
import type { Db } from './in-transaction.ts';
import { memoriesOf, memoryBytes, removeMemory } from './memories.ts';
import { openPlans } from './test-plans.ts';
import { messagesOfTrace, sizeOfTrace, timesOfRuns } from './trace-rows.ts';

let plans: Awaited<ReturnType<typeof openPlans>>;
beforeAll(async () => {
  plans = await openPlans();
});
afterAll(() => plans.close());

const cursor = Buffer.from('5 id').toString('base64url');

test.each<[string, (db: Db) => Promise<unknown>]>([
  ['all delegations, next page', (on) => delegationsPage(on, {}, { limit: 10, cursor })],
  ['delegations that a workspace was given', (on) => delegationsPage(on, { target: 'w' }, { limit: 10, cursor })],
  ['one delegation', (on) => delegationById(on, 'd')],
  ['its texts', (on) => textsOf(on, 'd')],
  ['delegations of a trace', (on) => delegationsOfTrace(on, 't', 10)],
  ['messages of a trace', (on) => messagesOfTrace(on, 't', 10)],
  ['the size of a trace', (on) => sizeOfTrace(on, 't')],
  ['the runs of a trace', (on) => timesOfRuns(on, ['r', 's'])],
  ['pruning delegations', (on) => pruneDelegations(on, 5, 10)],
  ['a key', (on) => keyHolder(on, 's', 'k', 5)],
  ['claiming a key', (on) => claimKey(on, { source_id: 's', key: 'k', delegation_id: 'd', created_at: 5 }, 5)],
  ['pruning keys', (on) => pruneKeys(on, 5)],
  ['memories of one', (on) => memoriesOf(on, 'w', 10)],
  ['their bytes', (on) => memoryBytes(on, 'w', 256)],
  ['one memory', (on) => removeMemory(on, 'w', 'm')],
])('%s: reads along an index and sorts nothing', async (_name, work) => {
  const found = await plans.plansOf(work);
  expect(found.length).toBeGreaterThan(0);
  for (const plan of found) expect(plan).toMatch(/^(SEARCH .* USING |LIST SUBQUERY)/);
});

test('open delegations are walked along an index of their own, however many have ended; their messages are found by key', async () => {
  expect(await plans.plansOf((on) => delegationsPage(on, { open: true }, { limit: 10 }))).toEqual([
    'SCAN delegations USING INDEX delegations_open',
  ]);
  expect(await plans.plansOf((on) => openDelegations(on))).toEqual([
    'SCAN d USING INDEX delegations_open',
    expect.stringMatching(/^SEARCH m USING INDEX messages_once \(workspace_id=\? AND lane=\? AND message_id=\?\)/),
  ]);
  const strays = await plans.plansOf((on) => strayMessages(on));
  expect(
    strays.filter((plan) => !/^(SCAN m USING INDEX messages_open|SEARCH m USING INDEX messages_ended|SEARCH d USING)/.test(plan)),
  ).toEqual([]);
});

const BOTH_SIDES = [
  'SEARCH delegations USING INDEX delegations_of_source (source_id=?)',
  'SEARCH delegations USING INDEX delegations_of_target (target_id=?)',
];

test.each<[string, DelegationFilter, string[]]>([
  ['nothing', {}, ['SCAN delegations USING INDEX delegations_by_time']],
  ['a text', { text: 'x' }, ['SCAN delegations USING INDEX delegations_by_time']],
  ['a text among the open ones', { text: 'x', open: true }, ['SCAN delegations USING INDEX delegations_open']],
  ['a state', { states: ['failed'] }, ['SEARCH delegations USING INDEX delegations_of_state (status=?)']],
  ['two ends', { states: ['failed', 'expired'] }, Array(2).fill('SEARCH delegations USING INDEX delegations_of_state (status=?)')],
  [
    'an open state and an end',
    { states: ['queued', 'failed'] },
    ['SCAN delegations USING INDEX delegations_open', 'SEARCH delegations USING INDEX delegations_of_state (status=?)'],
  ],
  ['either end of a workspace', { workspace: 'w' }, BOTH_SIDES],
  ['a state of a workspace', { workspace: 'w', states: ['failed'] }, BOTH_SIDES],
  ['ids', { ids: ['a', 'b'], open: true }, ['SEARCH delegations USING INDEX sqlite_autoindex_delegations_1 (id=?)']],
  ['a trace', { trace: 't' }, ['SEARCH delegations USING INDEX delegations_of_trace (trace_id=?)']],
])('delegations by %s: each part is read along an index of its own, and up to its limit', async (_name, filter, expected) => {
  const ask = (on: Db) => delegationsPage(on, filter, { limit: 10 });
  const [statement = '', ...others] = await plans.statementsOf(ask);
  expect(others).toEqual([]);
  // Each part ends at its limit, and what they are merged into.
  expect(statement.match(/ limit \?/g)).toHaveLength(expected.length === 1 ? 1 : expected.length + 1);
  const found = await plans.plansOf(ask);
  expect(found.filter((plan) => / delegations /.test(plan))).toEqual(expected);
  // What is sorted is at most a page of each part, the ids that were asked for, or one trace.
  const sorts = found.filter((plan) => plan.includes('TEMP B-TREE')).length;
  const isSmall = filter.ids !== undefined || filter.trace !== undefined;
  expect(sorts).toBe(isSmall ? 1 : expected.length > 1 ? expected.length : 0);
});

test('what is counted of delegations begins at its time', async () => {
  const [ended] = await plans.plansOf((on) => endedSince(on, 5));
  expect(ended).toMatch(/^SEARCH delegations USING (COVERING )?INDEX delegations_ended /);
  const [edges] = await plans.plansOf((on) => edgesSince(on, 5, 10));
  expect(edges).toBe('SEARCH delegations USING INDEX delegations_by_time (created_at>?)');
});
