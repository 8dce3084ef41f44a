import { expect, test } from 'vitest';
import { type AnsweredMessage, type Evidence, judge, PROMISES, type PromiseName } from './judge.ts';
import type { LedgerLine } from './ledger.ts';

const message = (order: number, more: Partial<AnsweredMessage> = {}): AnsweredMessage => ({
  id: `a-0-${order}`,
  work: `a-0-${order}`,
  sender: 'a',
  workspace: 0,
  order,
  at: 0,
  queueId: `q${order}`,
  answer: null,
  outcome: 'completed',
  why: '',
  ...more,
});
const line = (order: number) => ({ id: `a-0-${order}`, work: `a-0-${order}`, context: 'a-0', at: 10 });
const begin = (order: number, more: Partial<Extract<LedgerLine, { what: 'begin' }>> = {}): LedgerLine => ({
  ...line(order),
  what: 'begin',
  pid: 1,
  session: order === 1 ? null : 's',
  redelivered: false,
  finished: false,
  twin: null,
  ...more,
});
const effect = (order: number): LedgerLine => ({ ...line(order), what: 'effect' });
const done = (order: number): LedgerLine => ({ ...line(order), what: 'done', session: 's', turn: order });
const whole = (order: number): LedgerLine[] => [begin(order), effect(order), done(order)];

const runWithoutSession: Evidence['runs'][number] = {
  id: 'run-7',
  restored: { session_resumed: false, differences: ['session_id is another'] },
};

const evidence = (ledger: LedgerLine[], more: Partial<Evidence> = {}): Evidence => ({
  messages: [message(1), message(2)],
  ledgers: [ledger],
  finished: [
    new Map([
      ['a-0-1', 'served'],
      ['a-0-2', 'served'],
    ]),
  ],
  killedAgents: new Set(),
  runs: [],
  stuck: [],
  orphans: [],
  notQuiet: [],
  ...more,
});
const brokenIn = (given: Evidence): PromiseName[] => PROMISES.filter((name) => judge(given).broken[name].length > 0);

test('two messages in a row, each done once, in one session: nothing is broken', () => {
  const verdict = judge(evidence([...whole(1), ...whole(2)]));
  expect(Object.values(verdict.broken).flat()).toEqual([]);
  expect(verdict).toMatchObject({ sent: 2, doneOnce: 2, resumed: 1, expectedToResume: 1, redelivered: 0, longestWaitMs: 10 });
});

test('one that was begun before comes again, marked, and is not repeated: nothing is broken', () => {
  const again = [begin(1), effect(1), begin(1, { redelivered: true }), done(1), ...whole(2)];
  expect(brokenIn(evidence(again))).toEqual([]);
  expect(judge(evidence(again)).redelivered).toBe(1);
});

test('one whose agent was killed is answered as failed and sent again: nothing is broken', () => {
  const again = { id: 'a-0-1+1', order: 3 };
  const ledger = [begin(1), ...whole(2), { ...begin(1, { session: 's' }), id: again.id }, { ...effect(1), id: again.id }];
  const killed = { messages: [message(1, { outcome: 'failed' }), message(2), message(1, again)], killedAgents: new Set(['a-0-1']) };
  expect(brokenIn(evidence(ledger, killed))).toEqual([]);
  expect(judge(evidence(ledger, killed)).failedByKill).toBe(1);
});

test.each<[PromiseName, LedgerLine[], Partial<Evidence>]>([
  ['lost', [...whole(1), begin(2)], {}],
  ['done twice', [...whole(1), ...whole(2), effect(2)], {}],
  ['finished and given again', [...whole(1), ...whole(2), begin(2, { redelivered: true, finished: true })], {}],
  ['given again unmarked', [begin(1), ...whole(1), ...whole(2)], {}],
  ['two programs on one message', [begin(1), begin(1, { redelivered: true, twin: 7 }), effect(1), done(1), ...whole(2)], {}],
  ['out of order per sender', [begin(2, { session: null }), effect(2), begin(1), effect(1)], {}],
  ['sessions not resumed', [...whole(1), begin(2, { session: null }), effect(2), done(2)], {}],
  ['sessions not resumed', [...whole(1), begin(2, { session: 'another' }), effect(2), done(2)], {}],
  ['failed without a kill', [...whole(1), ...whole(2)], { messages: [message(1), message(2, { outcome: 'failed', why: 'no session' })] }],
  ['failed without a kill', [...whole(1), ...whole(2)], { messages: [message(1), message(2, { outcome: 'open', why: 'waiting' })] }],
  ['runs that say so of a session', [...whole(1), ...whole(2)], { runs: [runWithoutSession] }],
  ['stuck runs', [...whole(1), ...whole(2)], { stuck: ['run 7'] }],
  ['orphan processes', [...whole(1), ...whole(2)], { orphans: ['process 7'] }],
  ['workspaces not back', [...whole(1), ...whole(2)], { notQuiet: ['Worker 1 is offline'] }],
])('%s: it is seen', (promise, ledger, more) => {
  expect(brokenIn(evidence(ledger, more))).toEqual([promise]);
});
