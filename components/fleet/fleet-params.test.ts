import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHOWN_STATES } from '#lib/contract/workspace-status.ts';
import { WORKSPACE_SORTS } from '#lib/contract/workspaces.ts';
import { fleetAddress, readFleetQuery, SORT_LABEL } from './fleet-params.ts';

const read = (address: string) => {
  const params = new URL(address, 'http://canvas').searchParams;
  return readFleetQuery((name) => params.get(name));
};

describe('the view in the address', () => {
  it('offers every sort that the contract knows', () => {
    expect(Object.keys(SORT_LABEL).sort()).toEqual([...WORKSPACE_SORTS].sort());
  });

  it('comes back from its address as it was', () => {
    const query = fc.record({
      q: fc.string({ maxLength: 60, unit: 'grapheme' }),
      state: fc.subarray([...SHOWN_STATES]),
      sort: fc.constantFrom(...WORKSPACE_SORTS),
      view: fc.constantFrom('cards' as const, 'map' as const),
    });
    fc.assert(
      fc.property(query, (view) => {
        expect(read(fleetAddress(view))).toEqual(view);
      }),
    );
  });

  it('is short when everything is as usual', () => {
    expect(fleetAddress({ q: '', state: [], sort: 'attention', view: 'cards' })).toBe('/');
    expect(read(fleetAddress({ q: ' a ', state: [], sort: 'attention', view: 'cards' })).q).toBe(' a ');
    expect(fleetAddress({ q: '', state: ['wedged', 'offline'], sort: 'errors', view: 'cards' })).toBe('/?sort=errors&state=wedged,offline');
    expect(fleetAddress({ q: '', state: [], sort: 'attention', view: 'map' })).toBe('/?view=map');
  });

  it('leaves out what means nothing', () => {
    expect(read('/?state=wedged,nonsense&sort=constructor&q=x&view=wall')).toEqual({
      q: 'x',
      state: ['wedged'],
      sort: 'attention',
      view: 'cards',
    });
  });
});
