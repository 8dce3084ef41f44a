import { expect, test } from 'vitest';
import { a2aRequestOf } from './a2a-message.ts';
import { askedAs, cancelRequest, handedOn, isMessageMethod, isNonBlocking, isStreamMethod, taskRequest } from './a2a-method.ts';

const request = (method: string, params: Record<string, unknown> = {}) => {
  const made = a2aRequestOf({ method, params }, () => 'id');
  if (!made) throw new Error('no request');
  return made;
};

test.each<[string, boolean, boolean, 'answer' | 'stream' | null]>([
  ['message/send', true, false, null],
  ['message/stream', true, true, null],
  ['SendMessage', true, false, null],
  ['SendStreamingMessage', true, true, null],
  ['tasks/get', false, false, 'answer'],
  ['tasks/resubscribe', false, false, 'stream'],
  ['SubscribeToTask', false, false, 'stream'],
  ['CancelTask', false, false, 'answer'],
  ['agent/getAuthenticatedExtendedCard', false, false, null],
  ['constructor', false, false, null],
  ['__proto__', false, false, null],
])('%s', (method, message, stream, on) => {
  expect([isMessageMethod(method), isStreamMethod(method), handedOn(method)]).toEqual([message, stream, on]);
});

test('the same message is asked for in one answer or as a stream, in its own version', () => {
  const methods = (how: 'answer' | 'stream') =>
    ['message/send', 'message/stream', 'SendMessage', 'SendStreamingMessage'].map(
      (method) => askedAs(how, request(method).envelope).method,
    );
  expect(methods('answer')).toEqual(['message/send', 'message/send', 'SendMessage', 'SendMessage']);
  expect(methods('stream')).toEqual(['message/stream', 'message/stream', 'SendStreamingMessage', 'SendStreamingMessage']);
});

test('who does not wait says so, each version in its words', () => {
  expect(isNonBlocking(request('message/send', { configuration: { blocking: false } }))).toBe(true);
  expect(isNonBlocking(request('message/send', { configuration: { returnImmediately: true } }))).toBe(false);
  expect(isNonBlocking(request('SendMessage', { configuration: { returnImmediately: true } }))).toBe(true);
  expect(isNonBlocking(request('SendMessage', { configuration: { blocking: false } }))).toBe(false);
  for (const configuration of [undefined, null, 'x', {}]) expect(isNonBlocking(request('message/send', { configuration }))).toBe(false);
});

test('a task is cancelled in the version of its message', () => {
  expect(cancelRequest('message/send', 't')).toMatchObject({ method: 'tasks/cancel', params: { id: 't' } });
  expect(cancelRequest('SendStreamingMessage', 't')).toMatchObject({ method: 'CancelTask', params: { id: 't' } });
});

test('a task is asked for in the version that its message was sent in', () => {
  expect(taskRequest('message/stream', 't')).toEqual({ jsonrpc: '2.0', id: 't', method: 'tasks/get', params: { id: 't' } });
  expect(taskRequest('SendMessage', 't')).toMatchObject({ method: 'GetTask', params: { id: 't' } });
});
