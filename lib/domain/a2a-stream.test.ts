import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventCutter, StreamResult } from './a2a-stream.ts';
import { agentResultOf } from './delegation-result.ts';

describe('the events of a text', () => {
  const text =
    ': ping\n\ndata: {"a":1}\n\nevent: x\r\nid: 3\r\ndata:two\r\ndata: lines\r\n\r\ndata\n\nretry: 1\rdata: ü😀\r\rdata: not whole';
  test('are found however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const cutter = new EventCutter();
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        const found = places.slice(1).flatMap((place, index) => cutter.push(text.slice(places[index], place)));
        expect(found).toEqual(['{"a":1}', 'two\nlines', 'ü😀']);
      }),
    );
  });
});

const resultOf = (...events: unknown[]) => {
  const stream = new StreamResult();
  for (const event of events) stream.take(event);
  return { result: stream.result, taskId: stream.taskId };
};

describe('what a stream comes to', () => {
  test('0.3: the task with its last status and its artifacts as they grew', () => {
    const task = { kind: 'task', id: 't', contextId: 'c', status: { state: 'submitted' }, history: [1] };
    const part = (text: string, more = {}) => ({
      kind: 'artifact-update',
      taskId: 't',
      artifact: { artifactId: 'a', parts: [{ kind: 'text', text }] },
      ...more,
    });
    const done = { kind: 'status-update', taskId: 't', contextId: 'c', status: { state: 'completed' }, final: true };
    expect(resultOf(task, part('old'), part('new'), part('er', { append: true }), done)).toEqual({
      result: {
        ...task,
        status: { state: 'completed' },
        artifacts: [
          {
            artifactId: 'a',
            parts: [{ kind: 'text', text: 'newer' }],
          },
        ],
      },
      taskId: 't',
    });
  });

  test('1.0: the same in its envelope', () => {
    const task = { id: 't', contextId: 'c', status: { state: 'TASK_STATE_SUBMITTED' } };
    const done = { statusUpdate: { taskId: 't', contextId: 'c', status: { state: 'TASK_STATE_COMPLETED' } } };
    const artifact = { artifactId: 'a', parts: [{ text: 'x' }] };
    expect(resultOf({ task }, { artifactUpdate: { taskId: 't', artifact } }, done)).toEqual({
      result: { task: { ...task, status: { state: 'TASK_STATE_COMPLETED' }, artifacts: [artifact] } },
      taskId: 't',
    });
    expect(resultOf({ message: { messageId: 'm' } })).toEqual({ result: { message: { messageId: 'm' } }, taskId: null });
  });

  test.each(['0.3', '1.0'])('%s: a text that comes in pieces is whole again, wherever it is cut', (version) => {
    const whole = 'An unbroken word, https://example.test/a/b?c=d#e\nand 😀 👩‍👩‍👧, ü.';
    const event = (text: string, append: boolean) => {
      if (version === '1.0') return { artifactUpdate: { taskId: 't', artifact: { artifactId: 'a', parts: [{ text }] }, append } };
      return { kind: 'artifact-update', taskId: 't', artifact: { artifactId: 'a', parts: [{ kind: 'text', text }] }, append };
    };
    const done = { taskId: 't', status: { state: 'completed' } };
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((place, n) => event(whole.slice(places[n], place), n > 0));
        const { result } = resultOf(...pieces, version === '1.0' ? { statusUpdate: done } : { kind: 'status-update', ...done });
        expect(agentResultOf({ result })).toEqual({ ok: true, text: whole });
      }),
    );
  });

  test('parts that came as such stay apart, and so does what follows other than text', () => {
    const event = (parts: unknown[], append = true) => ({
      kind: 'artifact-update',
      taskId: 't',
      artifact: { artifactId: 'a', parts },
      append,
    });
    const text = (said: string) => ({ kind: 'text', text: said });
    const data = { kind: 'data', data: { n: 1 } };
    expect(resultOf(event([text('a'), text('b')], false), event([text('c'), text('d')]), event([data]), event([text('e')])).result).toEqual(
      {
        kind: 'task',
        id: 't',
        contextId: undefined,
        artifacts: [{ artifactId: 'a', parts: [text('a'), text('bc'), text('d'), data, text('e')] }],
      },
    );
  });

  test('a message; a task that was never told whole; nothing', () => {
    expect(resultOf({ kind: 'message', messageId: 'm' })).toEqual({ result: { kind: 'message', messageId: 'm' }, taskId: null });
    expect(resultOf({ kind: 'status-update', taskId: 't', contextId: 'c', status: { state: 'working' } })).toEqual({
      result: { kind: 'task', id: 't', contextId: 'c', status: { state: 'working' } },
      taskId: 't',
    });
    for (const nothing of [undefined, null, 'x', [], {}]) expect(resultOf(nothing)).toEqual({ result: null, taskId: null });
  });
});
