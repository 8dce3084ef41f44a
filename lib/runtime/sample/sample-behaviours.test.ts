import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DelegationResult } from '#lib/runtime/delegation-result.ts';
import { testTask } from '#lib/runtime/test-task.ts';
import { indexer } from './indexer.ts';
import { lead } from './lead.ts';
import { linkChecker } from './link-checker.ts';
import { type SampleDesk, SKILL_OF } from './sample-behaviour.ts';
import { BAD_DRAFTS, CRASH_AFTER_SECONDS, LOCKED_INDEX } from './sample-schedule.ts';
import { searcher } from './searcher.ts';
import { statistician } from './statistician.ts';
import { testDesks } from './test-desk.ts';
import { summaryOf } from './writer.ts';

const newDesk = testDesks();
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'canvas-project-'));
  const files: Record<string, string> = {
    'README.md': '# Canvas\n\nSee [the guide](docs/guide.md#start-here), [gone](docs/gone.md) and [no such part](docs/guide.md#nowhere).\n',
    'docs/guide.md': '# Start here\n\nGo [back](../README.md) or [up](/README.md) or [down](#start-here).\n',
    'lib/a.ts': 'one two\nthree\n',
    'node_modules/x/README.md': '[broken](nowhere.md)',
    '.hidden/b.md': '[broken](nowhere.md)',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
const task = (text: string) => testTask({ text });

test('the link checker reports what is broken in the project, and that is no failure', async () => {
  const checker = linkChecker();
  const desk = newDesk(root, 0);
  await checker.round(desk);
  const report = await checker.answer(desk, task('how are the links?'));
  expect(report.split('\n')).toEqual([
    '6 relative links in 2 documents, 2 broken',
    'README.md:3 links to docs/gone.md, which does not exist',
    'README.md:3 links to docs/guide.md#nowhere, which has no such heading',
  ]);
  expect(desk.counted).toEqual(['served', 'served']);
  expect(desk.tasks).toContain('Checking the links of docs/guide.md, 2 of 2');
});

test('its pile of bad drafts is enough to be judged by: most of at least five requests in any 5 s fail, then it is over', async () => {
  const checker = linkChecker();
  const desk = newDesk(root, BAD_DRAFTS.first);
  await checker.round(desk);
  expect(desk.elapsed()).toBeGreaterThanOrEqual(BAD_DRAFTS.first + BAD_DRAFTS.length);
  expect(desk.counted.length / (BAD_DRAFTS.length / 5)).toBeGreaterThanOrEqual(5);
  for (let from = 0; from + 10 <= desk.counted.length; from += 1) {
    const window = desk.counted.slice(from, from + 10);
    expect(window.filter((outcome) => outcome !== 'served').length / window.length).toBeGreaterThanOrEqual(0.5);
  }
  const failed = desk.counted.find((outcome) => outcome !== 'served');
  expect(failed).toEqual({ error: 'drafts/draft-1.md:3 links to chapter-1/missing.md, which does not exist' });
  const before = desk.counted.length;
  await checker.round(desk);
  expect(desk.counted.slice(before)).toEqual(['served', 'served']);
});

test('the searcher is wedged while its index is locked, says so, and recovers by itself', async () => {
  const desk = newDesk(root, LOCKED_INDEX.first);
  await expect(searcher().round(desk)).rejects.toThrow('nobody to ask');
  expect(desk.wedged[0]).toContain('index.lock is held');
  expect(desk.wedged.at(-1)).toBe('cleared');
  expect(desk.elapsed()).toBeGreaterThanOrEqual(LOCKED_INDEX.first + LOCKED_INDEX.length);
});

test('the searcher refuses what would match everything', async () => {
  await expect(searcher().answer(newDesk(root, 0), task('?'))).rejects.toThrow('at least 3 letters');
});

test('the statistician counts by type, and ends its process when its time has come', async () => {
  const counts = statistician();
  const desk = newDesk(root, 0);
  await counts.round(desk);
  expect((await counts.answer(desk, task(''))).split('\n')).toEqual([
    '3 files, 11 lines, 22 words',
    '.md: 2 files, 8 lines, 19 words',
    '.ts: 1 files, 3 lines, 3 words',
  ]);
  await expect(statistician().round(newDesk(root, CRASH_AFTER_SECONDS + 1))).rejects.toThrow('crash: Out of paper');
});

test('the indexer answers after a restart with the index that it made before', async () => {
  const desk = newDesk(root, 0);
  await expect(indexer().answer(desk, task('index'))).rejects.toThrow('no index yet');
  const first = indexer();
  await first.round(desk);
  const made = await first.answer(desk, task('index'));
  expect(JSON.parse(made)).toMatchObject({ documents: 3 });
  expect(await indexer().answer(desk, task('index'))).toBe(made);
});

test('the lead waits for a member that is restarted, and goes on without one that is paused or failed', async () => {
  const desk = newDesk(root, 0);
  const skills = { indexer: 'index-documents', searcher: 'search-documents', writer: 'write-summaries' };
  const peers = Object.entries(skills).map(([name, id]) => ({
    id: name,
    name,
    role: null,
    status: name === 'searcher' ? 'paused' : 'restarting',
    parent_id: null,
    active_tasks: 0,
    agent_card: { skills: [{ id }] },
  }));
  const asked: [string, number][] = [];
  const host = {
    ...desk.host,
    peers: async () => peers,
    ask: async (id: string, _text: string, { timeoutMs = 0 } = {}) => {
      asked.push([id, timeoutMs]);
      if (id === 'writer') throw new Error('out of ink');
      return 'an index';
    },
  };
  await lead().round({ ...desk, host });
  expect(asked).toEqual([
    ['indexer', 150_000],
    ['writer', 150_000],
  ]);
  expect(desk.tasks).toContain('Going on without searcher, which is paused');
  expect(desk.tasks).toContain('Waiting for the statistician to join');
  expect(desk.counted).toEqual(['served', { error: 'The writer gave no answer: out of ink' }]);
});

test('a summary takes the first sentence under each heading, or of each paragraph', () => {
  expect(summaryOf('# One\nFirst. Second.\n\n# Two\n\nThird one! Fourth.')).toEqual(['One: First.', 'Two: Third one!']);
  expect(summaryOf('Alpha is here. More.\n\nBeta\nis there.')).toEqual(['Alpha is here.', 'Beta is there.']);
  expect(summaryOf('  ')).toEqual([]);
});

const result = (target_id: string, response: string): DelegationResult => ({
  delegation_id: `of-${target_id}`,
  target_id,
  target_name: target_id,
  status: 'completed',
  summary: 'a part of the report',
  response,
  response_cut: false,
  error: '',
  created_at: 1,
  ended_at: 2,
  trace_id: null,
  span_id: null,
});

/** A desk with a whole team around it that answers at once and takes every delegation. */
function teamDesk(startAt: number) {
  const desk = newDesk(root, startAt);
  const delegated: [string, string][] = [];
  const host: SampleDesk['host'] = {
    ...desk.host,
    peers: async () =>
      Object.values(SKILL_OF).map((id) => ({
        id,
        name: id,
        role: null,
        status: 'online',
        parent_id: null,
        active_tasks: 0,
        agent_card: { skills: [{ id }] },
      })),
    ask: async (_id, text) => `An answer to ${text.split('\n')[0]}.`,
    delegate: async (id, text) => {
      delegated.push([id, text]);
      return { delegation_id: `d${delegated.length}` };
    },
  };
  return { desk: { ...desk, host }, delegated };
}

test('the lead delegates what takes longer, at most once in a while, and writes the results into its report', async () => {
  const { desk, delegated } = teamDesk(0);
  const team = lead();
  await team.round(desk);
  await team.round(desk);
  expect(delegated).toEqual([
    ['count-files', 'statistics'],
    ['check-links', 'report'],
  ]);
  const told = await team.answer(
    desk,
    testTask({ text: 'Two delegations ended', results: [result('counter', '7 files'), result('checker', '')] }),
  );
  expect(told).toBe('The report has what counter did (completed) and what checker did (completed)');
  expect(readFileSync(join(desk.host.folder, 'report.md'), 'utf8')).toMatch(
    /^# Report 2\n.*## counter: a part of the report, completed\n\n7 files/s,
  );
  for (let rounds = 0; rounds < 35; rounds += 1) await team.round(desk);
  expect(desk.elapsed()).toBeGreaterThan(300);
  expect(delegated).toHaveLength(6);
});

test('the link checker asks the statistician for each report, and for nothing else that it is told', async () => {
  const { desk, delegated } = teamDesk(0);
  const checker = linkChecker();
  await checker.answer(desk, testTask({ text: 'report' }));
  await checker.answer(
    desk,
    testTask({ text: 'A delegation of yours came to an end', results: [result('count-files', '7 files\n.md: 3')] }),
  );
  expect(delegated).toEqual([['count-files', 'statistics']]);
  expect(await checker.answer(desk, testTask({ text: 'report' }))).toMatch(/\nIn a project of 7 files$/);
});

test('what cannot be delegated is counted, and the round goes on', async () => {
  const { desk, delegated } = teamDesk(0);
  const host = { ...desk.host, delegate: async () => Promise.reject(new Error('no such place')) };
  await lead().round({ ...desk, host });
  expect(delegated).toEqual([]);
  expect(desk.counted.filter((one) => one !== 'served')).toEqual([
    { error: 'Nothing could be delegated to the statistician: no such place' },
    { error: 'Nothing could be delegated to the link-checker: no such place' },
  ]);
  expect(readFileSync(join(desk.host.folder, 'report.md'), 'utf8')).toContain('# Report 1');
});

test('who is asked before a first round answers with real work all the same', async () => {
  const { desk } = teamDesk(0);
  expect((await statistician().answer(desk, task('statistics'))).split('\n')[0]).toBe('3 files, 11 lines, 22 words');
  const asked = linkChecker();
  const answer = await asked.answer(desk, task('report'));
  await asked.round(desk);
  expect(await asked.answer(desk, task('and now?'))).toBe(answer);
});
