import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutMap, type MapMember, NODE_HEIGHT, NODE_WIDTH } from './map-layout.ts';

/** Two nodes that touch, if there are any. */
function overlap(places: ReturnType<typeof layoutMap>): string[] | null {
  const all = Object.entries(places).sort((a, b) => a[1][1] - b[1][1]);
  for (const [at, [a, [ax, ay]]] of all.entries()) {
    for (const [b, [bx, by]] of all.slice(at + 1)) {
      if (by >= ay + NODE_HEIGHT) break;
      if (Math.abs(ax - bx) < NODE_WIDTH) return [a, b];
    }
  }
  return null;
}

/** Forests: everyone's parent, if any, comes before them. */
const forest = fc
  .array(fc.nat(), { maxLength: 60 })
  .map((picks) => picks.map((pick, at): MapMember => ({ id: `w${at}`, parent: at === 0 || pick % 4 === 0 ? null : `w${pick % at}` })));

test('everyone has a place, nobody lies on another, children are below their parents', () => {
  fc.assert(
    fc.property(forest, (members) => {
      const places = layoutMap(members);
      expect(Object.keys(places).sort()).toEqual(members.map(({ id }) => id).sort());
      expect(overlap(places)).toBeNull();
      for (const { id, parent } of members) {
        if (parent !== null) expect(places[id]?.[1]).toBeGreaterThan(places[parent]?.[1] ?? Number.NaN);
      }
    }),
    { numRuns: 60, seed: 3 },
  );
});

test('a thousand under one parent are a block, not a line', () => {
  const members = [{ id: 'root', parent: null }, ...Array.from({ length: 1000 }, (_unused, at) => ({ id: `w${at}`, parent: 'root' }))];
  const places = Object.values(layoutMap(members));
  const width = Math.max(...places.map(([x]) => x)) - Math.min(...places.map(([x]) => x));
  const height = Math.max(...places.map(([, y]) => y)) - Math.min(...places.map(([, y]) => y));
  expect(width / height).toBeGreaterThan(0.5);
  expect(width / height).toBeLessThan(4);
});

test('a parent that is not there, or oneself, is none', () => {
  expect(
    Object.keys(
      layoutMap([
        { id: 'a', parent: 'gone' },
        { id: 'b', parent: 'b' },
      ]),
    ),
  ).toEqual(['a', 'b']);
});

test('the same fleet has the same map', () => {
  const members = [
    { id: 'a', parent: null },
    { id: 'b', parent: 'a' },
    { id: 'c', parent: 'a' },
    { id: 'd', parent: 'c' },
  ];
  expect(layoutMap(members)).toEqual(layoutMap(members));
});
