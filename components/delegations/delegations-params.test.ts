import { describe, expect, it } from 'vitest';
import { delegationsAddress, filterOf, readDelegationsQuery, viewCounts } from './delegations-params.ts';

const read = (address: string) => {
  const params = new URLSearchParams(address.split('?')[1] ?? '');
  return readDelegationsQuery((name) => params.get(name));
};

describe('the address of /delegations', () => {
  it.each(['/delegations', '/delegations?show=stuck', '/delegations?show=open&workspace=w-1&q=a+b'])(
    '%s means the same again',
    (address) => {
      expect(delegationsAddress(read(address))).toBe(address);
    },
  );

  it('leaves out what means nothing', () => {
    expect(read(`/delegations?show=everything&workspace=${'w'.repeat(65)}`)).toEqual({ view: 'all', workspace: '', q: '' });
    expect(read(`/delegations?q=${'x'.repeat(300)}`).q).toHaveLength(200);
  });
});

it('asks the platform only for what filters', () => {
  expect(filterOf({ view: 'all', workspace: '', q: '  ' })).toEqual({});
  expect(filterOf({ view: 'stuck', workspace: 'w-1', q: ' report ' })).toEqual({ state: 'stuck', workspace: 'w-1', q: 'report' });
});

it('counts what is open from its states', () => {
  const counts = { pending: 1, dispatched: 2, queued: 4, in_progress: 8, completed: 16, failed: 32, expired: 64, stuck: 3 };
  expect(viewCounts(counts)).toEqual({ all: null, open: 15, stuck: 3, completed: 16, failed: 32, expired: 64 });
});
