import { describe, expect, test } from 'vitest';
import { judgeAnswer, judgeLoss, pauseAfter } from './delivery-outcome.ts';

const error = (code: number, dataCode?: string) => ({
  jsonrpc: '2.0',
  id: 1,
  error: { code, message: 'no', ...(dataCode ? { data: { code: dataCode } } : {}) },
});

describe('an answer', () => {
  test.each<[string, number, unknown]>([
    ['a task', 200, { result: { kind: 'task', status: { state: 'completed' } } }],
    ['a task that failed', 200, { result: { kind: 'task', status: { state: 'failed' } } }],
    ['a refusal of the message', 400, error(-32602, 'bad_request')],
    ['a refusal of the method', 200, error(-32601)],
    ['an error of the agent’s own', 500, error(-32603, 'internal')],
    ['one that is too large for it', 413, error(-32015, 'too_large')],
  ])('%s is the end of it', (_name, status, body) => {
    expect(judgeAnswer(status, body)).toEqual({ kind: 'answered', answer: body });
  });

  test.each(['draining', 'overloaded', 'unavailable', 'rate_limited'])('%s: not begun, again later', (code) => {
    expect(judgeAnswer(503, error(-32017, code))).toMatchObject({ kind: 'put_back', begun: false });
    expect(judgeAnswer(200, error(-32017, code))).toMatchObject({ kind: 'put_back', begun: false });
  });

  test.each(['interrupted', 'conflict'])('%s: perhaps begun, again later', (code) => {
    expect(judgeAnswer(503, error(-32021, code))).toMatchObject({ kind: 'put_back', begun: true });
  });

  test.each<[string, number, unknown, boolean]>([
    ['no JSON', 200, null, true],
    ['no JSON from the agent itself', 500, null, true],
    ['no JSON from a gateway whose patience ended while it worked', 504, null, true],
    ['no such page', 404, null, false],
    ['a redirect', 302, null, false],
    ['a list', 200, [], true],
    ['neither result nor error', 200, { jsonrpc: '2.0' }, true],
    ['a null result', 200, { result: null }, true],
    ['an error that is a text', 500, { error: 'oops' }, true],
    ['a refused secret', 401, error(-32010, 'unauthenticated'), false],
    ['a refused origin', 403, error(-32011, 'wrong_origin'), false],
  ])('%s makes no sense', (_name, status, body, begun) => {
    expect(judgeAnswer(status, body)).toMatchObject({ kind: 'struck', begun });
  });
});

test.each<[number, unknown, boolean]>([
  [502, null, true],
  [502, { message: 'no healthy upstream' }, true],
  [503, null, false],
])('a gateway whose agent is away answers %i: that says nothing of the message, however often it does', (status, body, begun) => {
  expect(judgeAnswer(status, body)).toEqual({ kind: 'put_back', begun, why: expect.stringContaining(String(status)) });
});

test('what is lost comes again; an answer that was too large to read does not', () => {
  expect(judgeLoss('upstream_unreachable', true, 'broke')).toEqual({ kind: 'put_back', begun: true, why: 'broke' });
  expect(judgeLoss('timeout', false, 'given up')).toEqual({ kind: 'put_back', begun: false, why: 'given up' });
  expect(judgeLoss('upstream_failed', true, 'It answered more than 8 bytes.')).toMatchObject({
    kind: 'answered',
    answer: { error: { data: { code: 'too_large', what: 'answer' } } },
  });
});

test('pauses grow from one second to thirty, and no further', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 1000].map(pauseAfter)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});
