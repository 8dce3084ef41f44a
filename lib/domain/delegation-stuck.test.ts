import { expect, test } from 'vitest';
import type { DelegationState } from '#lib/contract/delegations.ts';
import { STUCK_AFTER_MS, stuckOf, type TargetFacts, waitsForOf } from './delegation-stuck.ts';

const T = 1_000_000;
const LATE = T + STUCK_AFTER_MS + 1;
const atlas = (some: Partial<NonNullable<TargetFacts>> = {}): TargetFacts => ({
  name: 'Atlas',
  status: 'online',
  wedged: false,
  token_rejected: false,
  active_tasks: 1,
  ...some,
});
const why = (status: DelegationState, target: TargetFacts, now = LATE, met = '') =>
  stuckOf({ status, since: T, why: met }, target, now)?.why ?? null;

test.each<[string, DelegationState, TargetFacts, string | null]>([
  ['waits for a wedged one', 'queued', atlas({ wedged: true }), 'It has waited for 2 min: Atlas says that it is stuck.'],
  ['waits for one offline', 'queued', atlas({ status: 'offline' }), 'It has waited for 2 min: Atlas is offline.'],
  ['waits for a paused one', 'queued', atlas({ status: 'paused' }), 'It has waited for 2 min: Atlas is paused.'],
  ['waits for one that failed', 'queued', atlas({ status: 'failed' }), 'It has waited for 2 min: Atlas did not start.'],
  [
    'waits for one without an agent',
    'queued',
    atlas({ status: 'awaiting_agent' }),
    'It has waited for 2 min: Atlas has no agent connected.',
  ],
  [
    'its token is refused',
    'dispatched',
    atlas({ token_rejected: true }),
    'It has waited for 2 min: Atlas uses a token that is not accepted.',
  ],
  ['its target is gone', 'pending', null, 'The workspace that was asked was removed.'],
  ['waits for one that restarts', 'queued', atlas({ status: 'restarting' }), null],
  ['waits for one that starts', 'queued', atlas({ status: 'provisioning' }), null],
  ['waits for its turn', 'dispatched', atlas(), null],
  ['is in no queue', 'pending', atlas(), 'It has waited for 2 min: it is not in the queue of its target yet.'],
  ['is in no queue of a paused one', 'pending', atlas({ status: 'paused' }), 'It has waited for 2 min: Atlas is paused.'],
  ['is in no queue of one that restarts', 'pending', atlas({ status: 'restarting' }), null],
  ['is worked on', 'in_progress', atlas(), null],
  ['is followed', 'in_progress', atlas({ active_tasks: 0, follows: true }), null],
  [
    'nobody works on it',
    'in_progress',
    atlas({ active_tasks: 0 }),
    'It has been with Atlas for 2 min, and Atlas says that it works on nothing.',
  ],
  ['nobody knows', 'in_progress', atlas({ active_tasks: null }), null],
  [
    'is with one that is stuck',
    'in_progress',
    atlas({ wedged: true }),
    'It has been with Atlas for 2 min, and Atlas says that it is stuck.',
  ],
  ['has ended', 'failed', atlas({ wedged: true }), null],
])('%s', (_name, status, target, said) => {
  expect(why(status, target)).toBe(said);
});

test('what is in no queue says what it met', () => {
  expect(why('pending', atlas(), LATE, 'The queue of Atlas is full')).toBe('It has waited for 2 min: the queue of Atlas is full.');
});

test('nothing is stuck in its first two minutes', () => {
  expect(why('queued', atlas({ wedged: true }), T + STUCK_AFTER_MS)).toBeNull();
});

test.each<[DelegationState, TargetFacts, string | null, string, string]>([
  ['queued', atlas({ wedged: true }), 'Its agent says that it is stuck', '', 'Atlas says that it is stuck'],
  ['pending', atlas({ status: 'paused' }), 'It is paused', '', 'Atlas is paused'],
  ['queued', atlas({ status: 'restarting', wedged: true }), 'It is being restarted', '', 'Atlas is being restarted'],
  ['queued', atlas(), 'It has registered no address', '', 'Atlas: It has registered no address'],
  ['dispatched', atlas(), null, 'It could not be reached', 'It could not be reached'],
  ['dispatched', atlas({ token_rejected: true }), null, '', ''],
  ['in_progress', atlas({ wedged: true }), 'Its agent says that it is stuck', '', ''],
  ['queued', null, null, 'It could not be reached', ''],
])('%s by %j (held: %s, met: %j) waits for %j', (status, target, held, met, words) => {
  expect(waitsForOf({ status, why: met }, target, held)).toBe(words);
});
