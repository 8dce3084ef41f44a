import { describe, expect, test } from 'vitest';
import { MAX_ACTIVITY_BODY_BYTES } from '#lib/contract/activity.ts';
import { jsonBytes } from '#lib/contract/json-bytes.ts';
import { activityBody, activitySummary, answerOutcome } from './a2a-activity.ts';

const token = `ghp_${'a1B2c3D4'.repeat(4)}zzzz`;

describe('the body of an activity row', () => {
  test('is the body without its secrets', () => {
    expect(activityBody(JSON.stringify({ a: [1, token], b: null }))).toEqual({ a: [1, '[REDACTED:GITHUB_PAT]'], b: null });
    expect(activityBody(null)).toBeNull();
    expect(activityBody(undefined)).toBeNull();
    expect(activityBody('false')).toBe(false);
  });

  test.each<[string, string]>([
    ['letters', 'x'],
    ['quotes, which JSON writes longer', '"'],
    ['letters of three bytes', '語'],
    ['pairs of surrogates', '😀'],
    ['control characters', '\u0001'],
  ])('that is too long is its beginning, marked as cut, and never longer than a row keeps: %s', (_name, letter) => {
    const body = activityBody(JSON.stringify({ text: letter.repeat(100_000) }));
    expect(body).toEqual({ cut: true, beginning: expect.stringContaining('{"text":"') });
    expect(jsonBytes(body)).toBeLessThanOrEqual(MAX_ACTIVITY_BODY_BYTES);
    expect(jsonBytes(body)).toBeGreaterThan(MAX_ACTIVITY_BODY_BYTES / 3);
    expect(JSON.stringify(body)).not.toMatch(/\\ud[89a-f]/);
  });

  test('holds no half of a secret where it was cut', () => {
    for (let before = MAX_ACTIVITY_BODY_BYTES - 80; before < MAX_ACTIVITY_BODY_BYTES + 10; before += 7)
      expect(JSON.stringify(activityBody(JSON.stringify(`${'x '.repeat(before / 2)}${token} ${'y '.repeat(20_000)}`)))).not.toContain(
        'ghp_',
      );
  });
});

test('a summary says what, with whom, and how it begins', () => {
  expect(activitySummary('sent', 'message/send', 'Atlas', 'dig')).toBe('message/send → Atlas: dig');
  expect(activitySummary('received', 'SendMessage', 'Ada', '')).toBe('SendMessage ← Ada');
});

test.each<[string, unknown, { ok: boolean; detail: string | null }]>([
  ['a message', { result: { kind: 'message', parts: [] } }, { ok: true, detail: null }],
  ['a task, 0.3', { result: { kind: 'task', status: { state: 'completed' } } }, { ok: true, detail: null }],
  ['a task, 1.0', { result: { task: { status: { state: 'TASK_STATE_COMPLETED' } } } }, { ok: true, detail: null }],
  ['a task that asks back', { result: { status: { state: 'input-required' } } }, { ok: true, detail: null }],
  [
    'a failed task, 0.3',
    { result: { status: { state: 'failed', message: { parts: [{ kind: 'text', text: `no ${token}` }] } } } },
    { ok: false, detail: 'no [REDACTED:GITHUB_PAT]' },
  ],
  [
    'a failed task, 1.0',
    { result: { task: { status: { state: 'TASK_STATE_FAILED', message: { parts: [{ text: 'no' }] } } } } },
    { ok: false, detail: 'no' },
  ],
  ['a cancelled task without words', { result: { status: { state: 'canceled' } } }, { ok: false, detail: 'The task was canceled' }],
  ['a refusal', { error: { code: -1, message: 'not me' } }, { ok: false, detail: 'not me' }],
  ['a refusal without words', { error: { code: -1, message: { toString: 1, valueOf: 1 } } }, { ok: false, detail: 'The agent refused it' }],
  ['a state that is none', { result: { kind: 'task', status: { state: { toString: 1, valueOf: 1 } } } }, { ok: true, detail: null }],
  ['nothing', null, { ok: false, detail: 'There was no answer' }],
])('how it ended: %s', (_name, answer, outcome) => {
  expect(answerOutcome(answer)).toEqual(outcome);
});
