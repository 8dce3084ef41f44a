import { expect, test } from 'vitest';
import { addDocument, emptyIndex, searchIndex } from './word-index.ts';

test('the line with the rarer words comes first, by its path and number', () => {
  const index = emptyIndex();
  addDocument(index, 'a.md', 'the heartbeat\nthe wedge of the heartbeat\nnothing');
  addDocument(index, 'b.md', 'the heartbeat again');
  expect(searchIndex(index, 'The wedge, of a Heartbeat?').map((hit) => `${hit.path}:${hit.line}`)).toEqual(['a.md:2', 'a.md:1', 'b.md:1']);
});

test('words that are names of object properties are words', () => {
  const index = emptyIndex();
  addDocument(index, 'a.md', 'constructor __proto__ toString');
  expect(searchIndex(index, 'constructor')).toHaveLength(1);
  expect(searchIndex(JSON.parse(JSON.stringify(index)) as typeof index, 'valueOf hasOwnProperty')).toEqual([]);
});
