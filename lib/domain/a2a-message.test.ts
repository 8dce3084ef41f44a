import { expect, test } from 'vitest';
import { a2aRequestOf, blockingRequest, isSendMessage, markedRequest, messageIdOf, textOfRequest } from './a2a-message.ts';

const made = () => 'made-up';
const request = (body: unknown) => {
  const read = a2aRequestOf(body, made);
  if (!read) throw new Error('no request');
  return read;
};

test.each<[string, unknown, string]>([
  ['0.3 parts', { method: 'message/send', params: { message: { parts: [{ kind: 'text', text: 'hi' }] } } }, 'hi'],
  ['parts with "type"', { method: 'message/send', params: { message: { parts: [{ type: 'text', text: 'hi' }] } } }, 'hi'],
  ['plain strings as parts', { method: 'message/send', params: { message: { parts: ['hi', 'you'] } } }, 'hi\nyou'],
  ['a string as parts', { method: 'message/send', params: { message: { parts: 'hi' } } }, 'hi'],
  ['content strings of 0.2', { method: 'message/send', params: { message: { content: 'hi' } } }, 'hi'],
  ['1.0 parts', { jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message: { parts: [{ text: 'hi' }] } } }, 'hi'],
  ['no parts', { method: 'message/send', params: { message: {} } }, ''],
  ['no message', { method: 'message/send' }, ''],
  ['nonsense as parts', { method: 'message/send', params: { message: { parts: [null, 3, { text: 5 }, []] } } }, ''],
])('the text is found in %s', (_name, body, text) => {
  expect(textOfRequest(request(body))).toBe(text);
});

test('what is missing is made up, what is there stays', () => {
  expect(request({ method: 'message/send', params: { message: { parts: ['hi'], contextId: 'c' } } })).toEqual({
    version: '0.3',
    envelope: {
      jsonrpc: '2.0',
      id: 'made-up',
      method: 'message/send',
      params: {
        message: { kind: 'message', role: 'user', messageId: 'made-up', contextId: 'c', parts: [{ kind: 'text', text: 'hi' }] },
      },
    },
  });
  expect(request({ id: 0, method: 'SendMessage', params: { message: { messageId: 'm', role: 'agent', parts: ['hi'] } } })).toEqual({
    version: '1.0',
    envelope: {
      jsonrpc: '2.0',
      id: 0,
      method: 'SendMessage',
      params: { message: { role: 'ROLE_AGENT', messageId: 'm', parts: [{ text: 'hi' }] } },
    },
  });
});

test.each([null, 'text', [], {}, { method: '' }, { method: 3 }])('%j is no request', (body) => {
  expect(a2aRequestOf(body, made)).toBeNull();
});

test('an id is short and plain, or there is none', () => {
  const idOf = (messageId: unknown) => messageIdOf(request({ method: 'message/send', params: { message: { messageId } } }));
  expect(idOf('m')).toBe('m');
  expect(idOf('x'.repeat(256))).toHaveLength(256);
  expect(idOf('x'.repeat(257))).toBeNull();
  expect(idOf('a\nb')).toBeNull();
  expect(idOf('half \ud800')).toBeNull();
  expect(idOf(5)).toBe('made-up');
  expect(messageIdOf(request({ method: 'message/send', params: { message: 'hi' } }))).toBeNull();
});

test('only the two spellings of "send a message" are that', () => {
  const methods = ['message/send', 'SendMessage', 'message/stream', 'SendStreamingMessage', 'tasks/get', 'sendmessage'];
  expect(methods.filter((method) => isSendMessage(request({ method })))).toEqual(['message/send', 'SendMessage']);
});

test('a delivery waits for the answer, whatever its sender configured, and changes nothing else', () => {
  const old = request({
    method: 'message/send',
    params: { configuration: { blocking: false, historyLength: 3 }, message: { messageId: 'm' } },
  });
  const configuration = { acceptedOutputModes: [], blocking: true, historyLength: 3 };
  expect(blockingRequest(old).params).toEqual({ ...old.envelope.params, configuration });
  const modern = request({ method: 'SendMessage', params: { configuration: { returnImmediately: true }, metadata: { a: 1 } } });
  expect(blockingRequest(modern).params).toEqual({ metadata: { a: 1 }, configuration: { returnImmediately: false } });
});

test('the mark of another attempt joins what the message says of itself', () => {
  const { envelope } = request({ method: 'message/send', params: { message: { messageId: 'm', metadata: { a: 1 } } } });
  expect(markedRequest(envelope, { redelivered: true }).params['message']).toMatchObject({
    messageId: 'm',
    metadata: { a: 1, redelivered: true },
  });
  expect(envelope.params['message']).toMatchObject({ metadata: { a: 1 } });
});

test('only the platform marks a message as redelivered: what its sender says of that is taken away', () => {
  const { envelope } = request({ method: 'message/send', params: { message: { messageId: 'm', metadata: { a: 1, redelivered: true } } } });
  expect(markedRequest(envelope, {}).params['message']).toMatchObject({ metadata: { a: 1 } });
  expect(markedRequest(envelope, {}).params['message']).not.toHaveProperty('metadata.redelivered');
  expect(markedRequest(envelope, { redelivered: true }).params['message']).toHaveProperty('metadata.redelivered', true);
});

test.each([
  ['parts with neither kind nor type', { parts: [{ text: 'hello' }] }],
  ['a plain string as part', { parts: ['hello'] }],
  ['a content list', { content: [{ type: 'text', text: 'hello' }] }],
])('%s give their text, in both versions', (_name, message) => {
  for (const method of ['message/send', 'SendMessage'])
    expect(textOfRequest(request({ id: 1, method, params: { message } }))).toBe('hello');
});

test('a whole message stays as it is, also with parts that are no text', () => {
  const parts = [
    { kind: 'data', data: { n: 1 } },
    { kind: 'text', text: 'x' },
  ];
  const message = { kind: 'message', role: 'agent', messageId: 'm1', contextId: 'c1', metadata: { a: 1 }, parts };
  const envelope = { jsonrpc: '2.0', id: 0, method: 'message/stream', params: { message, metadata: { b: 2 } } };
  expect(request(envelope)).toEqual({ version: '0.3', envelope });
  const typed = request({ method: 'message/send', params: { message: { parts: [{ type: 'data', data: { text: 'x' } }] } } });
  expect(typed.envelope.params['message']).toMatchObject({ parts: [{ kind: 'data', data: { text: 'x' } }] });
});

test('a 0.3 client waits for its answer unless it says otherwise', () => {
  const configurationOf = (configuration: unknown) =>
    request({ method: 'message/send', params: { configuration } }).envelope.params['configuration'];
  expect(configurationOf({ historyLength: 1 })).toEqual({ blocking: true, historyLength: 1 });
  expect(configurationOf({ blocking: false })).toEqual({ blocking: false });
  expect(configurationOf(undefined)).toBeUndefined();
});
