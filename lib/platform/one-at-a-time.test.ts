import { expect, test } from 'vitest';
import { createOneAtATime } from './one-at-a-time.ts';

test('work begins when the piece before it has settled, and a failure stops nobody else', async () => {
  const oneAtATime = createOneAtATime();
  const log: string[] = [];
  const work = (name: string, fail = false) =>
    oneAtATime(async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`${name} ends`);
      if (fail) throw new Error(name);
      return name;
    });
  const results = await Promise.allSettled([work('a'), work('b', true), work('c')]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
