import { expect, test } from 'vitest';
import { a2aRequestOf, textOfRequest } from './a2a-request.ts';

const textOf = (body: unknown) => {
  const request = a2aRequestOf(body);
  return request === null ? null : textOfRequest(request);
};

test.each([
  ['parts by kind', { parts: [{ kind: 'text', text: 'hello' }] }],
  ['parts by type', { parts: [{ type: 'text', text: 'hello' }] }],
  ['parts with neither', { parts: [{ text: 'hello' }] }],
  ['a plain string as part', { parts: ['hello'] }],
  ['a content string', { content: 'hello' }],
  ['a content list', { content: [{ type: 'text', text: 'hello' }] }],
])('%s give their text, in both versions', (_name, message) => {
  for (const method of ['message/send', 'SendMessage'])
    expect(textOf({ jsonrpc: '2.0', id: 1, method, params: { message } })).toBe('hello');
});

test('a missing envelope, message id and role are filled in', () => {
  const request = a2aRequestOf({ method: 'message/send', params: { message: { parts: [{ type: 'text', text: 'x' }] } } });
  expect(request).toMatchObject({
    version: '0.3',
    envelope: {
      jsonrpc: '2.0',
      id: expect.any(String),
      params: { message: { kind: 'message', role: 'user', messageId: expect.any(String), parts: [{ kind: 'text', text: 'x' }] } },
    },
  });
  const modern = a2aRequestOf({ method: 'SendMessage', params: { message: { role: 'user', parts: [{ kind: 'text', text: 'x' }] } } });
  expect(modern).toMatchObject({ version: '1.0', envelope: { params: { message: { role: 'ROLE_USER', parts: [{ text: 'x' }] } } } });
  expect(JSON.stringify(modern)).not.toContain('kind');
});

test('what is there is kept', () => {
  const message = {
    kind: 'message',
    role: 'agent',
    messageId: 'm1',
    contextId: 'c1',
    metadata: { a: 1 },
    parts: [
      { kind: 'data', data: { n: 1 } },
      { kind: 'text', text: 'x' },
    ],
  };
  expect(a2aRequestOf({ jsonrpc: '2.0', id: 0, method: 'message/stream', params: { message, metadata: { b: 2 } } })).toEqual({
    version: '0.3',
    envelope: { jsonrpc: '2.0', id: 0, method: 'message/stream', params: { message, metadata: { b: 2 } } },
  });
});

test('a 0.3 client waits for its answer unless it says otherwise', () => {
  const configurationOf = (configuration: unknown) =>
    a2aRequestOf({ method: 'message/send', params: { configuration } })?.envelope.params['configuration'];
  expect(configurationOf({ historyLength: 1 })).toEqual({ blocking: true, historyLength: 1 });
  expect(configurationOf({ blocking: false })).toEqual({ blocking: false });
  expect(configurationOf(undefined)).toBeUndefined();
});

test.each([[null], ['text'], [[]], [{}], [{ method: '' }], [{ method: 7 }]])('%j is no request', (body) => {
  expect(a2aRequestOf(body)).toBeNull();
});

test.each([[null], ['x'], [{ parts: 'x' }], [{ parts: [null, 7, {}] }], [{ parts: [] }]])(
  'a message of %j holds no text and breaks nothing',
  (message) => {
    expect(['', 'x']).toContain(textOf({ method: 'message/send', params: { message } }));
  },
);

test('a part that calls its kind type keeps it, whatever it is', () => {
  const parts = a2aRequestOf({ method: 'message/send', params: { message: { parts: [{ type: 'data', data: { text: 'x' } }] } } })?.envelope
    .params['message'];
  expect(parts).toMatchObject({ parts: [{ kind: 'data', data: { text: 'x' } }] });
});
