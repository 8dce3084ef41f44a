import { expect, test } from 'vitest';
import { brokenDelegations, type DelegationEvidence, type DelegationPromise, judgeDelegations } from './judge-delegations.ts';

const good: DelegationEvidence = {
  given: ['a', 'b'],
  states: new Map([
    ['a', 'completed'],
    ['b', 'failed'],
  ]),
  ends: ['a', 'b'],
  filed: ['b', 'a'],
  told: ['a', 'b'],
  inbox: ['a', 'b'],
  done: ['a'],
};

test('what is as it should be breaks nothing', () => {
  expect(brokenDelegations(judgeDelegations(good))).toBe(0);
});

test.each<[string, Partial<DelegationEvidence>, DelegationPromise]>([
  [
    'one is open',
    {
      states: new Map([
        ['a', 'queued'],
        ['b', 'failed'],
      ]),
    },
    'ended',
  ],
  ['one ended twice', { ends: ['a', 'b', 'a'] }, 'ended'],
  ['one never ended', { ends: ['a'] }, 'ended'],
  ['one is in no file', { filed: ['a'] }, 'filed'],
  ['one is told twice', { told: ['a', 'b', 'b'] }, 'told'],
  ['one is told to nobody', { told: ['b'] }, 'told'],
  ['one has two lines in the inbox', { inbox: ['a', 'a', 'b'] }, 'shown'],
  ['one was done twice', { done: ['a', 'a'] }, 'done'],
])('%s: that promise is broken, and no other', (_name, some, promise) => {
  const verdict = judgeDelegations({ ...good, ...some });
  expect(verdict[promise]).toHaveLength(1);
  expect(brokenDelegations(verdict)).toBe(1);
});
