import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DelegationResult } from './delegation-result.ts';
import { ResultsFile } from './results-file.ts';
import { testFolders } from './test-folder.ts';

const newFolder = testFolders();
const result = (delegation_id: string, response = 'x'): DelegationResult => ({
  delegation_id,
  target_id: 'peer',
  target_name: 'Peer',
  status: 'completed',
  summary: 'count',
  response,
  response_cut: false,
  error: '',
  created_at: 1,
  ended_at: 2,
  trace_id: null,
  span_id: null,
});
const idsIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => (JSON.parse(line) as DelegationResult).delegation_id);

test('a result is in the file once, whatever process appends it', async () => {
  const path = join(newFolder(), 'results.jsonl');
  for (let processes = 0; processes < 2; processes += 1) {
    const { file } = await ResultsFile.open(path, new Set());
    for (const id of ['one', 'two', 'one']) await file.append(result(id));
  }
  expect(idsIn(path)).toEqual(['one', 'two']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a line that a crash cut off is written again, on a line of its own', async () => {
  const path = join(newFolder(), 'results.jsonl');
  await (await ResultsFile.open(path, new Set())).file.append(result('one'));
  appendFileSync(path, JSON.stringify(result('two')).slice(0, 60));
  const { file, found } = await ResultsFile.open(path, new Set(['one', 'two']));
  expect([...found.keys()]).toEqual(['one']);
  await file.append(result('two'));
  expect(idsIn(path)).toEqual(['one', 'two']);
});

test('it is bounded: a full file takes the place of the one before', async () => {
  const path = join(newFolder(), 'results.jsonl');
  const { file } = await ResultsFile.open(path, new Set(), 4000);
  for (let number = 0; number < 10; number += 1) await file.append(result(`d${number}`, 'y'.repeat(1000)));
  expect([idsIn(`${path}.1`), idsIn(path)]).toEqual([['d6', 'd7', 'd8'], ['d9']]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const { found } = await ResultsFile.open(path, new Set(['d6', 'd9', 'd1']), 4000);
  expect([...found.keys()].sort()).toEqual(['d6', 'd9']);
});

test('what it knows is what it holds: one that was dropped with an old part is taken again', async () => {
  const path = join(newFolder(), 'results.jsonl');
  const { file } = await ResultsFile.open(path, new Set(), 4000);
  for (let number = 0; number < 10; number += 1) await file.append(result(`d${number}`, 'y'.repeat(1000)));
  for (const known of ['d6', 'd9']) await file.append(result(known));
  await file.append(result('d1'));
  expect([idsIn(`${path}.1`), idsIn(path)]).toEqual([
    ['d6', 'd7', 'd8'],
    ['d9', 'd1'],
  ]);
});

test('one result that is larger than the bound is kept all the same', async () => {
  const path = join(newFolder(), 'results.jsonl');
  const { file } = await ResultsFile.open(path, new Set(), 100);
  await file.append(result('one'));
  await file.append(result('two'));
  expect([idsIn(`${path}.1`), idsIn(path)]).toEqual([['one'], ['two']]);
});
