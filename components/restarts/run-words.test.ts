import { expect, test } from 'vitest';
import { stamp, testRun } from '#components/restart-sheet/run.fixture.ts';
import { askedAndWhy, askedWords, deadlineWords, keptWords, queueWords, taskWords } from './run-words.ts';

const restored = {
  confirmed: true,
  why: '',
  session_id: 's',
  session_resumed: true,
  transcript_lines: 200,
  completed_messages: 1,
  differences: [],
};
const task = { id: 't' };
const asked = { kind: 'restart', origin: 'request' } as const;

test('says what was kept, what was cut off, and "nothing" only of a run that is over', () => {
  expect(keptWords({ ...asked, snapshot_id: 's', restored, unfinished: [], ended_at: 1 })).toBe('session resumed, 200 lines');
  expect(
    keptWords({
      ...asked,
      snapshot_id: 's',
      restored: { ...restored, session_resumed: false, transcript_lines: 1 },
      unfinished: [],
      ended_at: 1,
    }),
  ).toBe('session not resumed, 1 line');
  expect(keptWords({ ...asked, snapshot_id: 's', restored: null, unfinished: [task, task], ended_at: 1 })).toBe(
    'a snapshot, 2 tasks cut off',
  );
  expect(keptWords({ ...asked, snapshot_id: null, restored: null, unfinished: [], ended_at: 1 })).toBe('nothing');
  expect(keptWords({ ...asked, snapshot_id: null, restored: null, unfinished: [], ended_at: null })).toBe('');
});

test('says what became of the messages', () => {
  expect(queueWords({ waiting: 1, delivered: 3, failed: 0 })).toBe('3 delivered, 1 waiting');
  expect(queueWords({ waiting: 2, delivered: 0, failed: 1 })).toBe('2 waiting, 1 failed');
  expect(queueWords({ waiting: 0, delivered: 0, failed: 0 })).toBe('none');
});

test('says how long work may take', () => {
  expect([null, 0, 45, 60, 900, 3600, 7200].map(deadlineWords)).toEqual([
    'as long as it takes',
    'not at all',
    '45 s',
    '1 min',
    '15 min',
    '60 min',
    '2 h',
  ]);
});

test('names who asked, and nobody where nobody did', () => {
  expect(askedWords({ origin: 'request', actor: { kind: 'operator', id: null, name: 'Ada' } })).toBe('asked for by Ada');
  expect(askedWords({ origin: 'crash', actor: { kind: 'platform', id: null, name: 'platform' } })).toBe('begun because its process ended');
});

test('says of a resume and of a crash what came back, and never that nothing was kept', () => {
  const bare = { ...restored, session_resumed: null, transcript_lines: 0, completed_messages: 0 };
  const over = { snapshot_id: null, restored: bare, unfinished: [], ended_at: 1 };
  expect(keptWords({ ...over, kind: 'resume', origin: 'request' })).toBe('');
  expect(keptWords({ ...over, restored: null, kind: 'restart', origin: 'crash' })).toBe('');
  expect(keptWords({ ...over, restored: { ...bare, completed_messages: 3 }, kind: 'resume', origin: 'request' })).toBe(
    '3 messages known as done',
  );
});

test('tells a crash once', () => {
  const actor = { kind: 'platform', id: null, name: 'restarts' } as const;
  expect(askedAndWhy({ origin: 'crash', actor, reason: 'Its process ended with code 1' })).toBe('Its process ended with code 1');
  expect(askedAndWhy({ origin: 'crash', actor, reason: null })).toBe('begun because its process ended');
  expect(askedAndWhy({ origin: 'request', actor: { kind: 'operator', id: null, name: 'Ada' }, reason: 'stuck' })).toBe(
    'asked for by Ada: “stuck”',
  );
});

test('tells what was finished from what was cut off', () => {
  const drained = testRun({ state: 'done', ended_at: 9, steps: [stamp('requested', 0), stamp('drained', 5)] });
  expect(taskWords(drained)).toBe('2 tasks finished');
  expect(taskWords({ ...drained, unfinished: [{ id: 't2' }] })).toBe('1 task finished, 1 task cut off');
  const passed = [stamp('requested', 0), stamp('deadline_passed', 5, { how: 'deadline', active_tasks: 2 })];
  expect(taskWords({ ...drained, steps: passed })).toBe('2 tasks cut off');
  expect(taskWords({ ...drained, steps: [stamp('deadline_passed', 5, { how: 'silent' })] })).toBe('');
  expect(taskWords({ ...drained, state: 'cancelled', steps: [stamp('requested', 0)] })).toBe('');
});
