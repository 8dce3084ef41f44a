import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MAX_COMPLETED_IDS } from '#lib/contract/snapshot.ts';
import { CompletedMessages } from './completed-messages.ts';
import { testFolders } from './test-folder.ts';

const newFolder = testFolders();
const served = (id: string, text = 'yes') => ({ id, outcome: 'served' as const, text });

test('what is recorded is there after a crash, also behind a line that was cut off', async () => {
  const folder = newFolder();
  const messages = await CompletedMessages.open(folder);
  await messages.record(served('m1'));
  appendFileSync(join(folder, 'completed-messages.jsonl'), '\n{"id":"m2","outc');
  const second = await CompletedMessages.open(folder);
  expect(second.ids).toEqual(['m1']);
  await second.record({ id: 'm3', outcome: 'failed', text: 'no' });
  const third = await CompletedMessages.open(folder);
  expect([third.find('m1'), third.find('m3')]).toEqual([served('m1'), { id: 'm3', outcome: 'failed', text: 'no' }]);
});

test('answers are kept without their secrets, the newest hundred of them', async () => {
  const folder = newFolder();
  const messages = await CompletedMessages.open(folder);
  await messages.record(served('m1', 'TOKEN=abcdefgh1234'));
  expect(readFileSync(join(folder, 'completed-messages.jsonl'), 'utf8')).not.toContain('abcdefgh1234');
  expect(messages.find('m1')?.text).toBe('TOKEN=[REDACTED:TOKEN]');
  await Promise.all(Array.from({ length: 100 }, (_unused, at) => messages.record(served(`n${at}`))));
  expect([messages.find('m1')?.text, messages.find('n0')?.text]).toEqual([null, 'yes']);
});

test('the newest thousand are kept; those of a snapshot are older than those known', async () => {
  const folder = newFolder();
  const messages = await CompletedMessages.open(folder);
  await messages.record(served('known'));
  await messages.restore([...Array.from({ length: MAX_COMPLETED_IDS }, (_unused, at) => `s${at}`), 'known']);
  expect([messages.ids.length, messages.ids.at(0), messages.ids.at(-1)]).toEqual([MAX_COMPLETED_IDS, 's1', 'known']);
  const again = await CompletedMessages.open(folder);
  expect([again.ids, again.find('known')]).toEqual([messages.ids, served('known')]);
});
