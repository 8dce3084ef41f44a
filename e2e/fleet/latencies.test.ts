import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eachOf } from './each-of.ts';
import { Latencies } from './latencies.ts';
import { seededRandom, shuffle } from './seeded-random.ts';

it('percentiles are right to 2 %', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.06, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.5, 0.9, 0.99, 1),
      (list, share) => {
        const latencies = new Latencies();
        for (const ms of list) latencies.add(ms);
        const exact = list.toSorted((a, b) => a - b)[Math.ceil(list.length * share) - 1] ?? 0;
        const found = latencies.percentile(share) ?? 0;
        expect(found).toBeGreaterThanOrEqual(exact * 0.98 - 0.01);
        expect(found).toBeLessThanOrEqual(exact * 1.021 + 0.01);
      },
    ),
  );
});

it('there is none of nothing', () => {
  expect(new Latencies().percentile(0.5)).toBeNull();
});

it('the same seed gives the same order, another one another', () => {
  const order = (seed: number) =>
    shuffle(
      Array.from({ length: 50 }, (_, i) => i),
      seededRandom(seed),
    );
  expect(order(1)).toEqual(order(1));
  expect(order(1)).not.toEqual(order(2));
  expect(order(1).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

it('works on every item, never on more at once than told, and stops at the first failure', async () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  const seen: number[] = [];
  let now = 0;
  let most = 0;
  const work = async (item: number) => {
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    seen.push(item);
    now -= 1;
  };
  await eachOf(items, 7, work);
  expect([seen.toSorted((a, b) => a - b), most]).toEqual([items, 7]);
  const begun: number[] = [];
  const failing = eachOf(items, 3, async (item) => {
    begun.push(item);
    await Promise.resolve();
    if (item === 4) throw new Error('four');
  });
  await expect(failing).rejects.toThrow('four');
  expect(begun.length).toBeLessThan(12);
});
