import { expect, test } from 'vitest';
import { a2aRequestOf } from './a2a-message.ts';
import { givenPlace, placeOfMessage } from './a2a-trace.ts';

const place = (digit: string) => ({ trace_id: digit.repeat(32), span_id: digit.repeat(16) });
const header = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
const fresh = place('f');

test('a message goes on with the trace that it brought, before the one that its sender seems to work on', () => {
  expect(placeOfMessage({ given: place('a'), cause: place('b'), fresh })).toEqual({
    trace_id: 'a'.repeat(32),
    span_id: 'f'.repeat(16),
    parent_span_id: 'a'.repeat(16),
    branch: 'a'.repeat(16),
  });
  expect(placeOfMessage({ given: null, cause: place('b'), fresh })).toEqual({
    trace_id: 'b'.repeat(32),
    span_id: 'f'.repeat(16),
    parent_span_id: 'b'.repeat(16),
    branch: null,
  });
  expect(placeOfMessage({ given: null, cause: null, fresh })).toEqual({ ...fresh, parent_span_id: null, branch: null });
});

test.each<[string, unknown, unknown, string | null]>([
  ['its own', { traceparent: header('a') }, header('b'), 'a'],
  ['the header’s', {}, header('b'), 'b'],
  ['the header’s when its own is none', { traceparent: 'x' }, header('b'), 'b'],
  ['the header’s when its metadata is null', null, header('b'), 'b'],
  ['none: zeros', { traceparent: `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01` }, undefined, null],
  ['none: another version', { traceparent: header('a').replace('00-', '01-') }, undefined, null],
  ['none: not a text', { traceparent: { a: 1 } }, ['b'], null],
  ['none at all', undefined, undefined, null],
])('names its place: %s', (_name, metadata, fromHeader, digit) => {
  const request = a2aRequestOf({ method: 'message/send', params: { message: { parts: ['x'], metadata } } }, () => 'id');
  if (!request) throw new Error('no request');
  expect(givenPlace(request, fromHeader)).toEqual(digit === null ? null : place(digit));
});
