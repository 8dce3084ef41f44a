import { describe, expect, test } from 'vitest';
import { MAX_RESPONSE_BYTES } from '#lib/contract/delegations.ts';
import { agentResultOf, keptResult, keptWords, openTaskOf, shortAnswer, summaryLine } from './delegation-result.ts';

const text = (said: string) => ({ kind: 'text', text: said });
/** JSON that becomes an object which no text can be made of. */
const textless = { toString: 1, valueOf: 1 };
const task = (state: string, more: Record<string, unknown> = {}) => ({ kind: 'task', id: 't', status: { state, ...more } });

describe('what an agent answered', () => {
  test.each<[string, unknown, string]>([
    ['a message of 0.3', { kind: 'message', parts: [text('one'), text('two')] }, 'one\ntwo'],
    ['a message of 1.0', { message: { role: 'ROLE_AGENT', parts: [{ text: 'one' }] } }, 'one'],
    ['data alone', { kind: 'message', parts: [{ kind: 'data', data: { n: 1 } }] }, '{"n":1}'],
    ['nothing to read', { kind: 'message', parts: [{ kind: 'file', file: {} }] }, ''],
    ['artifacts', { ...task('completed'), artifacts: [{ parts: [text('a')] }, { parts: [text('b')] }] }, 'a\nb'],
    ['a task of 1.0', { task: { status: { state: 'TASK_STATE_COMPLETED' }, artifacts: [{ parts: [{ text: 'a' }] }] } }, 'a'],
    ['its status alone', task('completed', { message: { parts: [text('said')] } }), 'said'],
    [
      'its history alone',
      {
        ...task('completed'),
        history: [
          { role: 'agent', parts: [text('old')] },
          { role: 'user', parts: [text('x')] },
        ],
      },
      'old',
    ],
  ])('%s', (_name, result, said) => {
    expect(agentResultOf({ result })).toEqual({ ok: true, text: said });
  });

  test.each<[string, unknown, string]>([
    ['failed', { result: task('failed', { message: { parts: [text('why')] } }) }, 'failed'],
    ['rejected', { result: { task: { status: { state: 'TASK_STATE_REJECTED', message: { parts: [{ text: 'why' }] } } } } }, 'rejected'],
    ['canceled', { result: { ...task('canceled'), artifacts: [{ parts: [text('why')] }] } }, 'canceled'],
    ['asks', { result: task('input-required', { message: { parts: [text('why')] } }) }, 'asks'],
    [
      'asks to sign in',
      { result: { task: { status: { state: 'TASK_STATE_AUTH_REQUIRED', message: { parts: [{ text: 'why' }] } } } } },
      'asks',
    ],
    ['at work', { result: task('working', { message: { parts: [text('why')] } }) }, 'unfinished'],
    ['an error', { error: { code: -32602, message: 'why' } }, 'refused'],
    ['a failure inside of it', { error: { code: -32603, message: 'why' } }, 'failed'],
    ['a failure of another that it asked', { error: { code: -32018, message: 'why' } }, 'failed'],
    ['a message that is too large for it', { error: { code: -32015, message: 'why', data: { code: 'too_large' } } }, 'refused'],
    ['an answer that was lost', { error: { code: -32018, message: 'why', data: { code: 'too_large', what: 'answer' } } }, 'lost_answer'],
  ])('no result: %s', (_name, answer, why) => {
    expect(agentResultOf(answer as Record<string, unknown>)).toEqual({ ok: false, why, text: 'why' });
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['wrong kinds', { kind: 'task', status: 'completed', artifacts: 'x' }],
    ['numbers', { status: { state: 5, message: 7 }, artifacts: [3, { parts: [1, { text: 2 }] }] }],
    ['an error of nothing', { error: {} }],
    ['a state that no text can be made of', { kind: 'task', status: { state: textless, message: textless } }],
    ['a task under its name with such a state', { task: { status: { state: textless } } }],
    [
      'such a role in its history',
      { ...task('completed'), history: [{ role: textless, parts: textless }, { parts: [{ text: textless }] }] },
    ],
  ])('hostile: %s', (_name, result) => {
    expect(() => agentResultOf({ result })).not.toThrow();
    expect(agentResultOf({ error: {}, result })).toMatchObject({ ok: false, text: '' });
  });
});

test.each<[string, unknown, string | null]>([
  ['working, 0.3', task('working'), 't'],
  ['submitted, 0.3', task('submitted'), 't'],
  ['working, 1.0', { task: { id: 't', status: { state: 'TASK_STATE_WORKING' } } }, 't'],
  ['submitted, 1.0', { task: { id: 't', status: { state: 'TASK_STATE_SUBMITTED' } } }, 't'],
  ['at its end', task('completed'), null],
  ['that asks', task('input-required'), null],
  ['of a state that nobody knows', task('unknown'), null],
  ['without an id', { status: { state: 'working' } }, null],
  ['whose id is no text', { id: { toString: 1 }, status: { state: 'working' } }, null],
  ['whose id is too long', { id: 'x'.repeat(257), status: { state: 'working' } }, null],
  ['whose state is none', { id: 't', status: { state: textless } }, null],
  ['that is a message', { kind: 'message', id: 't', parts: [] }, null],
  ['that is nothing', null, null],
])('a task that goes on: %s', (_name, result, id) => {
  expect(openTaskOf({ result })).toBe(id);
});

describe('what is kept of it', () => {
  test('64 KB of UTF-8 whole, more is cut and says so', () => {
    const fits = 'é'.repeat(MAX_RESPONSE_BYTES / 2);
    expect(keptResult(fits)).toEqual({ response: fits, response_cut: false });
    const cut = keptResult(`${fits}é`);
    expect(cut).toEqual({ response: fits, response_cut: true });
  });

  test('of an answer that is too large to be kept: as much of its text as of any other, and the same is kept of that', () => {
    const secret = `ghp_${'a1B2c3D4'.repeat(4)}zzzz`;
    for (const said of [`key ${secret}`, 'é '.repeat(400_000), `${'x '.repeat(131_060)}${secret}`]) {
      const artifacts = [{ artifactId: 'a', parts: [text(said), { kind: 'file', file: { bytes: 'A'.repeat(1000) } }] }];
      const short = shortAnswer({ result: { ...task('completed'), artifacts } });
      const again = agentResultOf(short ?? {});
      expect(again).toMatchObject({ ok: true });
      expect(JSON.stringify(short)).not.toContain('ghp_');
      expect(keptResult(again.text)).toEqual(keptResult(said));
    }
    expect(shortAnswer({ error: { code: 1, message: 'no' } })).toBeNull();
  });

  test('no secret, also not one that the first cut would split', () => {
    const secret = `ghp_${'a1B2c3D4'.repeat(4)}zzzz`;
    expect(keptResult(`key ${secret}`).response).toBe('key [REDACTED:GITHUB_PAT]');
    const blob = 'QUJD'.repeat(65_000);
    for (let shift = 1; shift < 40; shift += 3) {
      const { response, response_cut } = keptResult(`${blob} ${'x '.repeat((262_144 - blob.length - 2 - shift) / 2)}${secret} after`);
      expect(response_cut).toBe(true);
      expect(response).not.toContain('ghp_');
    }
  });

  test('words are cut and clean, a summary is one line', () => {
    expect(keptWords(` ${'x '.repeat(5000)}`)).toHaveLength(2000);
    expect(summaryLine('one\n  two\tthree', 200)).toBe('one two three');
    expect(summaryLine('x'.repeat(201), 200)).toBe(`${'x'.repeat(199)}…`);
    expect(summaryLine(`token=${'s3cr3tV4lue'.repeat(3)}`, 200)).toContain('[REDACTED:');
  });
});
