import { describe, expect, it } from 'vitest';
import { NOTHING_HEARD } from '#lib/client/a2a-answer.ts';
import type { SentTurn } from '#lib/client/conversation.ts';
import { newMessageId } from '#lib/client/send-message.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';
import type { QueuedMessage } from '#lib/contract/messages.ts';
import { newestContext, turnsOf } from './turns.ts';

const parts = (text: string) => [{ kind: 'text', text }];
const row = (id: string, messageId: string, over: Partial<ActivityRow> = {}): ActivityRow => ({
  id,
  workspace_id: 'w',
  activity_type: 'a2a_receive',
  source_id: null,
  target_id: 'w',
  method: 'message/stream',
  summary: `message/stream ← this machine: asked ${id}`,
  request_body: { params: { message: { messageId, contextId: `c-${id}`, parts: parts(`asked ${id}`) } } },
  response_body: { result: { kind: 'message', contextId: 'c-agent', parts: parts(`answered ${id}`) } },
  status: 'ok',
  duration_ms: 5,
  error_detail: null,
  created_at: Number(id),
  trace_id: 't',
  ...over,
});
const queued = (message_id: string, over: Partial<QueuedMessage> = {}) =>
  ({
    message_id,
    queue_id: `q-${message_id}`,
    sender_id: null,
    delegation_id: null,
    summary: `waits ${message_id}`,
    created_at: 50,
    trace_id: null,
    ...over,
  }) as QueuedMessage;
const sent = (messageId: string, at: number): SentTurn => ({
  message: { messageId, contextId: 'c-here', text: `sent ${messageId}` },
  at,
  state: 'sending',
  queueId: null,
  answer: NOTHING_HEARD,
});
const seen = (...args: Parameters<typeof turnsOf>) =>
  turnsOf(...args).map(({ asked, answer, from }) => `${from.is}: ${asked} | ${answer.state} ${answer.text}`);

describe('turnsOf', () => {
  it('puts the oldest first, each message once', () => {
    expect(seen([row('2', 'm2'), row('1', 'm1')], [queued('m2'), queued('m4'), queued('m3')], [sent('m1', 1), sent('m3', 60)])).toEqual([
      'past: asked 1 | done answered 1',
      'past: asked 2 | done answered 2',
      'waiting: waits m4 | going ',
      'here: sent m3 | going ',
    ]);
  });

  it('leaves out what other workspaces sent, and rows that are no message', () => {
    const other = row('1', 'm1', { request_body: { params: { id: 'task-1' } } });
    expect(seen([other], [queued('m2', { sender_id: 'w-2' }), queued('m3', { delegation_id: 'd' })], [])).toEqual([]);
  });

  it('says why one came to nothing', () => {
    const failed = row('1', 'm1', { response_body: null, status: 'error', error_detail: 'dropped: not needed' });
    expect(seen([failed], [], [])).toEqual(['past: asked 1 | failed dropped: not needed']);
    expect(seen([row('1', 'm1', { response_body: null, status: 'delivering' })], [], [])).toEqual(['past: asked 1 | going ']);
  });

  it('knows a long message by the beginning that is kept, and its text by this page', () => {
    const cut = row('1', 'm1', { request_body: { cut: true, beginning: '{"params":{"message":{"messageId":"m1","parts"' } });
    expect(seen([cut], [], [sent('m1', 1)])).toEqual(['past: sent m1 | done answered 1']);
    const [turn] = turnsOf([cut], [], []);
    expect(turn).toMatchObject({ asked: cut.summary, askedCut: true, contextId: 'c-agent' });
  });

  it('shows how a long message began, wherever it was cut', () => {
    const whole = 'One "two"\nthree \\u12 \u0007 😀 end';
    const json = JSON.stringify({ params: { message: { messageId: 'm1', parts: [{ kind: 'text', text: whole }] } } });
    for (let end = json.indexOf('One'); end < json.length; end += 1) {
      const [turn] = turnsOf([row('1', 'm1', { request_body: { cut: true, beginning: `${json.slice(0, end)}…` } })], [], []);
      expect(whole.startsWith(turn?.asked ?? '-')).toBe(true);
      expect(turn?.asked.length).toBeGreaterThanOrEqual(Math.min(whole.length, end - json.indexOf('One') - 12));
    }
  });

  it('keeps what was said until it was stopped, and calls it no failure', () => {
    const stopped = row('1', 'm1', { response_body: null, status: 'error', error_detail: 'dropped: Who asked left' });
    const turn = { ...sent('m1', 1), state: 'stopped', answer: { ...NOTHING_HEARD, text: 'so far' } } as const;
    expect(turnsOf([stopped], [], [turn])).toMatchObject([{ stopped: 'here', answer: { text: 'so far', state: 'going' } }]);
    expect(turnsOf([stopped], [], [])).toMatchObject([{ stopped: 'left', answer: { text: '', state: 'going' } }]);
    const lost = { ...turn, state: 'lost' } as const;
    expect(turnsOf([stopped], [], [lost])).toMatchObject([{ stopped: 'left', answer: { text: 'so far' } }]);
  });

  it('keeps the place by when it was sent, not by when it ended or was delivered again', () => {
    const at = 1_700_000_000_000;
    const first = newMessageId(at);
    const rows = [row('2', first, { created_at: at + 9_000 }), row('1', newMessageId(at + 5_000), { created_at: at + 6_000 })];
    expect(turnsOf(rows, [], []).map((turn) => turn.at - at)).toEqual([0, 5_000]);
    expect(turnsOf([], [queued(first, { created_at: at + 7_000 })], [])[0]?.at).toBe(at);
    const foreign = row('1', 'f'.repeat(32), { created_at: at });
    expect(turnsOf([foreign], [], [])[0]?.at).toBe(at);
  });
});

it('goes on with the newest conversation', () => {
  expect(newestContext(turnsOf([row('2', 'm2'), row('1', 'm1')], [], []))).toBe('c-2');
  expect(newestContext(turnsOf([row('2', 'm2')], [queued('m4')], []))).toBe('c-2');
  expect(newestContext([])).toBeNull();
});
