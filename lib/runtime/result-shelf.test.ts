import { expect, test } from 'vitest';
import { MAX_TURNS, ResultShelf } from './result-shelf.ts';
import { testFolders } from './test-folder.ts';
import { testResult } from './test-result.ts';
import { openWorkMemory } from './work-memory.ts';

const newFolder = testFolders();

/** A shelf with these results unread, told of in one message under way. */
async function shelfWith(ids: readonly string[], message = 'results-1') {
  const folder = newFolder();
  const memory = await openWorkMemory(folder);
  for (const id of ids) await memory.results.put(testResult(id));
  await memory.delegations.change(() => ({ unread: [...ids], told: [{ message, ids: [...ids] }] }));
  const takenBy = (name: string, { results } = memory) => results.take(name).map(({ delegation_id }) => delegation_id);
  return { memory, takenBy, again: () => openWorkMemory(folder) };
}

test('results that were read wait for the message that tells of them, also over a restart', async () => {
  const { memory, takenBy, again } = await shelfWith(['one', 'two']);
  const taken = memory.results.take('m1');
  await memory.results.finish('m1', taken);
  expect(takenBy('m2')).toEqual([]);
  expect(takenBy('results-1', await again())).toEqual(['one', 'two']);
  await memory.results.finish('results-1', memory.results.take('results-1'));
  expect(takenBy('results-1')).toEqual([]);
  expect(takenBy('results-1', await again())).toEqual([]);
});

test('a message that tells, and comes again, has its results again', async () => {
  const { memory, takenBy } = await shelfWith(['one']);
  await memory.results.giveBack('results-1', memory.results.take('results-1'), 'comes again');
  await memory.results.finish('m1', memory.results.take('m1'));
  expect(takenBy('results-1')).toEqual(['one']);
});

test.each(['failed', 'cancelled'] as const)('one that %s never comes again: what it told of goes to the next turn', async (how) => {
  const { memory, takenBy } = await shelfWith(['one']);
  await memory.results.giveBack('results-1', memory.results.take('results-1'), how);
  expect(memory.delegations.facts.told).toEqual([]);
  expect(takenBy('m1')).toEqual(['one']);
});

test('what a message tells of comes first, then what else is unread', async () => {
  const { memory, takenBy } = await shelfWith(['old', 'new']);
  await memory.delegations.change(() => ({ told: [{ message: 'results-1', ids: ['new'] }] }));
  expect(takenBy('results-1')).toEqual(['new', 'old']);
});

test('results that make turns fail are no longer handed out after some', async () => {
  const { memory, takenBy } = await shelfWith(['one']);
  for (let turn = 1; turn <= MAX_TURNS; turn += 1) {
    const taken = memory.results.take(`m${turn}`);
    expect(taken).toHaveLength(1);
    await memory.results.giveBack(`m${turn}`, taken, 'failed');
  }
  expect(takenBy('m')).toEqual([]);
});

test('results that are unread, and no longer in the file, are dropped with a word', async () => {
  const folder = newFolder();
  const memory = await openWorkMemory(folder);
  await memory.results.put(testResult('here'));
  await memory.delegations.change(() => ({ unread: ['rotated away', 'here'] }));
  const logged: string[] = [];
  const again = await openWorkMemory(folder, (_level, message) => logged.push(message));
  expect(again.delegations.facts.unread).toEqual(['here']);
  expect(logged).toEqual([expect.stringContaining('1 results that no turn had are no longer in')]);
  expect((await openWorkMemory(folder, (_level, message) => logged.push(message))).delegations.facts.unread).toEqual(['here']);
  expect(logged).toHaveLength(1);
});

test('of messages that never have a turn only the newest are remembered', () => {
  const told = Array.from({ length: 10 }, (_unused, at) => ({ message: `results-${at}`, ids: Array.from({ length: 60 }, String) }));
  expect(ResultShelf.keptTold(told).map(({ message }) => message)).toEqual(['results-7', 'results-8', 'results-9']);
  expect(ResultShelf.keptTold(told.slice(0, 3))).toEqual(told.slice(0, 3));
});
