import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heardMore, NOTHING_HEARD } from './a2a-answer.ts';

const hear = (...results: unknown[]) =>
  results.reduce((heard: typeof NOTHING_HEARD, result) => heardMore(heard, { result }), NOTHING_HEARD);
const says = (text: string) => ({ parts: [{ kind: 'text', text }] });
const status = (state: string, text = '') => ({ state, ...(text === '' ? {} : { message: says(text) }) });

describe('what an agent of 0.3 says', () => {
  it('is a message that is the whole answer', () => {
    expect(hear({ kind: 'message', contextId: 'c-1', ...says('Yes.') })).toMatchObject({ text: 'Yes.', state: 'done', contextId: 'c-1' });
  });

  it('grows by pieces, with progress until it is done', () => {
    const begun = [
      { kind: 'task', id: 't-1', contextId: 'c-1', status: status('submitted') },
      { kind: 'status-update', taskId: 't-1', status: status('working', 'Reading 3 files') },
      { kind: 'artifact-update', artifact: { artifactId: 'a', ...says('One ') } },
      { kind: 'artifact-update', append: true, artifact: { artifactId: 'a', ...says('two') } },
    ];
    expect(hear(...begun)).toMatchObject({ text: 'One two', progress: 'Reading 3 files', state: 'going', taskId: 't-1' });
    const done = hear(...begun, { kind: 'status-update', final: true, status: status('completed') });
    expect(done).toMatchObject({ text: 'One two', progress: '', state: 'done' });
  });

  it('is replaced by an artifact that comes again without append', () => {
    const artifact = (text: string) => ({ kind: 'artifact-update', artifact: { artifactId: 'a', ...says(text) } });
    expect(hear(artifact('draft'), artifact('final')).text).toBe('final');
  });

  it('is the words of its end when there is no artifact', () => {
    expect(hear({ kind: 'task', id: 't', status: status('completed', 'Done it') })).toMatchObject({ text: 'Done it', state: 'done' });
    expect(hear({ kind: 'task', id: 't', status: status('failed', 'No disk') })).toMatchObject({ text: 'No disk', state: 'failed' });
    expect(hear({ kind: 'task', id: 't', status: status('input-required', 'Which?') })).toMatchObject({ text: 'Which?', state: 'input' });
  });
});

it('reads 1.0 the same way', () => {
  const said = { parts: [{ text: 'Hello' }] };
  expect(hear({ message: { contextId: 'c', ...said } })).toMatchObject({ text: 'Hello', state: 'done', contextId: 'c' });
  const going = [
    { task: { id: 't', contextId: 'c', status: { state: 'TASK_STATE_WORKING' } } },
    { artifactUpdate: { artifact: { artifactId: 'a', ...said } } },
  ];
  expect(hear(...going)).toMatchObject({ text: 'Hello', state: 'going', taskId: 't' });
  expect(hear(...going, { statusUpdate: { status: { state: 'TASK_STATE_COMPLETED' } } })).toMatchObject({ text: 'Hello', state: 'done' });
});

it('says why a request was refused', () => {
  expect(heardMore(NOTHING_HEARD, { error: { code: -32011, message: 'Not yours.' } })).toMatchObject({
    text: 'Not yours.',
    state: 'failed',
  });
});

it('stands everything that may come', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (first, second) => {
      const heard = heardMore(heardMore(NOTHING_HEARD, first), { result: second });
      expect(typeof heard.text).toBe('string');
    }),
  );
});
