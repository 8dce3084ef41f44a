import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partsOf, type SpanStamps } from './trace-parts.ts';

const stamps = (some: Partial<SpanStamps>): SpanStamps => ({
  created_at: 100,
  first_at: null,
  last_at: null,
  ended_at: null,
  atWork: false,
  held: false,
  run: null,
  ...some,
});
const short = (some: Partial<SpanStamps>) => partsOf(stamps(some)).map(({ kind, from, to }) => `${kind} ${from}-${to ?? 'now'}`);
const run = { id: 'r', from: 120, to: 180 };

test.each<[string, Partial<SpanStamps>, string[]]>([
  ['waits for its turn', {}, ['waiting 100-now']],
  ['waits for its target', { held: true }, ['held 100-now']],
  ['is with the agent', { first_at: 130, last_at: 130, atWork: true }, ['waiting 100-130', 'working 130-now']],
  ['was answered', { first_at: 130, last_at: 130, ended_at: 200, atWork: true }, ['waiting 100-130', 'working 130-200']],
  ['was answered at once', { first_at: 100, last_at: 100, ended_at: 200, atWork: true }, ['working 100-200']],
  ['came to no agent', { ended_at: 200 }, ['waiting 100-200']],
  [
    'waited for a restart',
    { run, first_at: 190, last_at: 190, ended_at: 200, atWork: true },
    ['waiting 100-120', 'held 120-180', 'waiting 180-190', 'working 190-200'],
  ],
  [
    'was interrupted by a restart',
    { run, first_at: 110, last_at: 185, ended_at: 200, atWork: true },
    ['waiting 100-110', 'working 110-120', 'held 120-180', 'waiting 180-185', 'working 185-200'],
  ],
  ['came during a restart that goes on', { run: { ...run, from: 50, to: null } }, ['held 100-now']],
  ['was put back, and waits for its target', { first_at: 110, last_at: 110, held: true }, ['waiting 100-110', 'held 110-now']],
])('%s', (_name, some, parts) => {
  expect(short(some)).toEqual(parts);
});

test('the held part names its run', () => {
  expect(partsOf(stamps({ run })).map(({ run_id }) => run_id)).toEqual([null, 'r', null]);
});

test('whatever the stamps say: in order, without gaps, from the beginning to the end', () => {
  const time = fc.integer({ min: 0, max: 300 });
  const maybe = fc.option(time);
  const any = fc.record({
    created_at: time,
    first_at: maybe,
    last_at: maybe,
    ended_at: fc.option(fc.integer({ min: 300, max: 400 })),
    atWork: fc.boolean(),
    held: fc.boolean(),
    run: fc.option(fc.record({ id: fc.constant('r'), from: time, to: maybe })),
  });
  fc.assert(
    fc.property(any, (given) => {
      const parts = partsOf(given);
      if (given.ended_at !== given.created_at) expect(parts[0]?.from).toBe(given.created_at);
      for (const [index, part] of parts.entries()) {
        if (index > 0) expect(part.from).toBe(parts[index - 1]?.to);
        if (part.to !== null) expect(part.to).toBeGreaterThan(part.from);
        if (index > 0) expect(part.kind).not.toBe(parts[index - 1]?.kind);
      }
      expect(parts.length === 0 ? given.ended_at : parts.at(-1)?.to).toBe(given.ended_at);
    }),
  );
});
