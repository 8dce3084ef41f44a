import { expect, test } from 'vitest';
import { fromPortable, toPortable } from './portable-value.ts';

const through = (value: unknown, ...to: [Parameters<typeof fromPortable>[1], Parameters<typeof fromPortable>[2]]) =>
  fromPortable(JSON.parse(JSON.stringify(toPortable(value))), ...to);

test('values come through a file as the column of either engine takes them', () => {
  expect(through('text {"date":"x"}', 'text', 'sqlite')).toBe('text {"date":"x"}');
  expect(through(null, 'boolean', 'postgres')).toBeNull();
  expect(through(12n, 'integer', 'sqlite')).toBe(12);
  expect(through(1, 'boolean', 'postgres')).toBe(true);
  expect(through(0, 'boolean', 'postgres')).toBe(false);
  expect(through(1, 'integer', 'postgres')).toBe(1);
  expect(through(true, 'integer', 'sqlite')).toBe(1);
  expect(through(false, 'boolean', 'postgres')).toBe(false);
  expect(through(new Date(0), 'timestamp', 'postgres')).toBe('1970-01-01T00:00:00.000Z');
  expect(through(new Date(0), 'text', 'sqlite')).toBe('1970-01-01T00:00:00.000Z');
  expect(through({ date: 'mine', list: [1] }, 'json', 'postgres')).toBe('{"date":"mine","list":[1]}');
  expect(through(['a'], 'json', 'sqlite')).toBe('["a"]');
  expect(through(Buffer.from([0, 255]), 'bytes', 'postgres')).toEqual(Buffer.from([0, 255]));
});
