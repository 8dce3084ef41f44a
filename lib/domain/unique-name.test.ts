import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameKey } from './name-key.ts';
import { uniqueName } from './unique-name.ts';

it.each([
  ['Name', [], 'Name'],
  ['Name', ['name'], 'Name'],
  ['Name', ['Name'], 'Name 2'],
  ['Name', ['Name', 'Name 2', 'Name 4'], 'Name 3'],
  ['GPT 4', ['GPT 4'], 'GPT 4 2'],
])('%s beside %o becomes %s', (wished, taken, name) => {
  expect(uniqueName(wished, new Set(taken))).toBe(name);
});

it('is always free, at most 255 long and whole characters', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('n', '😀', 'ab ').map((unit) => unit.repeat(200).slice(0, 254).trim()),
      fc.integer({ min: 0, max: 120 }),
      (wished, others) => {
        const taken = new Set<string>();
        for (let i = 0; i < others; i += 1) taken.add(uniqueName(wished, taken));
        expect(taken.size).toBe(others);
        const name = uniqueName(wished, taken);
        expect(taken.has(name)).toBe(false);
        expect(name.length).toBeLessThanOrEqual(255);
        expect(() => encodeURIComponent(name)).not.toThrow();
      },
    ),
  );
});

it('names sort by the value of their numbers, whatever their case and accents', () => {
  const sorted = ['Zoë', 'node 10', 'Node 9', 'éclair', 'Eclair 2', 'Node 009b', 'zoo'].sort((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1));
  expect(sorted).toEqual(['Eclair 2', 'éclair', 'Node 9', 'Node 009b', 'node 10', 'Zoë', 'zoo']);
});
