import { expect, test } from 'vitest';
import { askedWords, deadlineWords, keptWords, queueWords } from './run-words.ts';

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

test('says what was kept, what was cut off, and "nothing" only of a run that is over', () => {
  expect(keptWords({ snapshot_id: 's', restored, unfinished: [], ended_at: 1 })).toBe('session resumed, 200 lines');
  expect(
    keptWords({ snapshot_id: 's', restored: { ...restored, session_resumed: false, transcript_lines: 1 }, unfinished: [], ended_at: 1 }),
  ).toBe('session not resumed, 1 line');
  expect(keptWords({ snapshot_id: 's', restored: null, unfinished: [task, task], ended_at: 1 })).toBe('a snapshot, 2 tasks cut off');
  expect(keptWords({ snapshot_id: null, restored: null, unfinished: [], ended_at: 1 })).toBe('nothing');
  expect(keptWords({ snapshot_id: null, restored: null, unfinished: [], ended_at: null })).toBe('');
});

test('says what became of the messages', () => {
  expect(queueWords({ waiting: 1, delivered: 3, failed: 0 })).toBe('3 delivered, 1 waits');
  expect(queueWords({ waiting: 2, delivered: 0, failed: 1 })).toBe('2 wait, 1 failed');
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
