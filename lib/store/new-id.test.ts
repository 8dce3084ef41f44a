import { expect, test } from 'vitest';
import { newId } from './new-id.ts';

test('ids are UUIDs of version 7 that carry their time', () => {
  const now = Date.now() + 60_000;
  const id = newId(now);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
});

test('ids sort as they were made, within one millisecond and when the clock steps back', () => {
  const now = Date.now() + 120_000;
  const ids = Array.from({ length: 10_000 }, (_, n) => newId(n % 3 === 0 ? now - 5000 : now));
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
});
