import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ancestorsOf, mayTalk, type ParentOf, wouldCycle } from './hierarchy.ts';

/**  lead ── a ── a1 ── a1x      other ── o1      loop1 ⇄ loop2      lost ── (nobody) */
const PARENTS: Record<string, string | null> = {
  lead: null,
  a: 'lead',
  b: 'lead',
  a1: 'a',
  a1x: 'a1',
  b1: 'b',
  other: null,
  o1: 'other',
  loop1: 'loop2',
  loop2: 'loop1',
  under: 'loop1',
  lost: 'nobody',
};
const parentOf: ParentOf = (id) => PARENTS[id];

describe('mayTalk', () => {
  it.each([
    ['a', 'a', true, 'itself'],
    ['a', 'b', true, 'siblings'],
    ['lead', 'other', true, 'roots are siblings'],
    ['a1x', 'lead', true, 'an ancestor'],
    ['lead', 'a1x', true, 'a descendant'],
    ['a1', 'a', true, 'its parent'],
    ['a1', 'b', false, 'an uncle'],
    ['a1', 'b1', false, 'a cousin'],
    ['a', 'o1', false, 'another family'],
    ['a', 'nobody', false, 'an unknown one'],
    ['nobody', 'nobody', false, 'an unknown one to itself'],
    ['under', 'loop1', true, 'its parent, above it a loop'],
    ['under', 'lead', false, 'someone not above it, with a loop above it'],
    ['lost', 'lead', false, 'a stranger whose parent is gone'],
  ])('%s to %s: %s (%s)', (from, to, allowed) => {
    expect(mayTalk(from, to, parentOf)).toBe(allowed);
  });
  it('is the same in both directions, in any data', () => {
    const id = fc.constantFrom('1', '2', '3', '4', '5');
    fc.assert(
      fc.property(fc.dictionary(id, fc.option(id, { nil: null })), id, id, (parents, from, to) => {
        const of: ParentOf = (at) => parents[at];
        expect(mayTalk(from, to, of)).toBe(mayTalk(to, from, of));
      }),
    );
  });
});

it('ancestors come nearest first and end at a loop or a gap', () => {
  expect(ancestorsOf('a1x', parentOf)).toEqual(['a1', 'a', 'lead']);
  expect(ancestorsOf('under', parentOf)).toEqual(['loop1', 'loop2']);
  expect(ancestorsOf('lost', parentOf)).toEqual([]);
});

it('refuses a parent that is itself or below it', () => {
  expect(['a', 'a1', 'a1x', 'b', 'other', null].map((parent) => wouldCycle('a', parent, parentOf))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

it('parent changes that it lets through never make a loop', () => {
  const id = fc.constantFrom('1', '2', '3', '4', '5', '6');
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.option(id, { nil: null })), { maxLength: 40 }), (moves) => {
      const parents = new Map<string, string | null>(['1', '2', '3', '4', '5', '6'].map((each) => [each, null]));
      const of: ParentOf = (at) => parents.get(at);
      for (const [child, parent] of moves) if (!wouldCycle(child, parent, of)) parents.set(child, parent);
      for (const start of parents.keys()) {
        let steps = 0;
        for (let at = of(start); at !== null && at !== undefined; at = of(at)) steps += 1;
        expect(steps).toBeLessThan(6);
        if (steps > 6) break;
      }
    }),
  );
});
