import { describe, expect, it } from 'vitest';
import { durationWords, sourceName, spanLabel, spanShape, spanTone, targetName, tookText } from './span-words.ts';
import { traceSpan } from './trace-span.fixture.ts';

describe('a span in words', () => {
  it('says its parts when it has more than one', () => {
    const span = traceSpan('a', {
      parts: [
        { kind: 'waiting', from: 1_000, to: 1_250, run_id: null },
        { kind: 'held', from: 1_250, to: 61_250, run_id: 'run-1' },
        { kind: 'working', from: 61_250, to: null, run_id: null },
      ],
      state: 'delivering',
      ok: null,
      ended_at: null,
    });
    expect(durationWords(span, 63_250)).toBe('1 min, waited for its turn 250 ms, held back 1 min, with the agent 2 s');
    expect(durationWords(traceSpan('b'), 0)).toBe('1 s');
  });

  it('tells a task that failed from a message that was answered', () => {
    const failed = traceSpan('a', { state: 'answered', ok: false });
    expect([spanLabel(failed), spanShape(failed), spanTone(failed)]).toEqual(['Failed', 'failed', 'bad']);
    const good = traceSpan('a');
    expect([spanLabel(good), spanShape(good), spanTone(good)]).toEqual(['Answered', null, 'ok']);
    expect(spanTone(traceSpan('a', { ended_at: null, ok: null }))).toBe('drain');
  });

  it('names who is known, harmlessly', () => {
    const span = traceSpan('a', { source_name: '', source_id: 'w-9', target_name: 'turned \u202Egpj' });
    expect([sourceName(span), targetName(span)]).toEqual(['w-9', 'turned gpj']);
    expect(sourceName(traceSpan('b', { source_name: '' }))).toBe('a person');
  });
});

it.each([
  [-5, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
])('%d ms took %s', (ms, text) => {
  expect(tookText(ms)).toBe(text);
});
