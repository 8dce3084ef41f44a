import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DELEGATION_STATES, type DelegationState } from '#lib/contract/delegations.ts';
import { sayExpired, sayFailure } from './delegation-reasons.ts';
import { type DelegationNews, type DelegationRun, isEnded, nextStep } from './delegation-run.ts';

const T = 1_000_000;
const run = (some: Partial<DelegationRun> = {}): DelegationRun => ({
  status: 'pending',
  origin: 'platform',
  created_at: T,
  expires_at: T + 60_000,
  started_at: null,
  attempts: 0,
  queue_id: null,
  ...some,
});
const message = (state: 'waiting' | 'delivering', held = false, attempts = 0): DelegationNews => ({
  kind: 'message',
  state,
  held,
  attempts,
  queue_id: 'q',
});
const told = (status: DelegationState): DelegationNews => ({ kind: 'told', status, response: '', error: '' });
const FAILED: DelegationNews = { kind: 'failure', reason: { kind: 'target_removed' } };

describe('where a delegation goes', () => {
  test.each<[DelegationState, string, DelegationNews, DelegationState | null]>([
    ['pending', 'its message waits', message('waiting'), 'dispatched'],
    ['pending', 'its message is held', message('waiting', true), 'queued'],
    ['pending', 'its message is with the agent', message('delivering', false, 1), 'in_progress'],
    ['dispatched', 'its target cannot take it any more', message('waiting', true), 'queued'],
    ['dispatched', 'its message is with the agent', message('delivering', false, 1), 'in_progress'],
    ['queued', 'its target can take it', message('waiting'), 'dispatched'],
    ['in_progress', 'its message is put back', message('waiting', false, 1), 'dispatched'],
    ['in_progress', 'its message is put back, and held', message('waiting', true, 1), 'queued'],
    ['in_progress', 'the agent answers', { kind: 'answer', result: { ok: true, text: 'r' } }, 'completed'],
    ['queued', 'the agent answers', { kind: 'answer', result: { ok: true, text: 'r' } }, 'completed'],
    ['in_progress', 'the agent fails', { kind: 'answer', result: { ok: false, why: 'failed', text: '' } }, 'failed'],
    ['pending', 'its target is removed', FAILED, 'failed'],
    ['queued', 'its time passes', { kind: 'expiry', why: '' }, 'expired'],
    ['in_progress', 'its source tells', told('completed'), null],
  ])('%s, and %s', (status, _what, news, expected) => {
    expect(nextStep(run({ status }), news, T + 5)?.status ?? null).toBe(expected);
  });

  test('what it heard before moves nothing', () => {
    const known = run({ status: 'in_progress', queue_id: 'q', attempts: 1, started_at: T });
    expect(nextStep(known, message('delivering', false, 1), T + 5)).toBeNull();
    expect(nextStep(known, message('delivering', false, 2), T + 5)).toEqual({ status: 'in_progress', attempts: 2, queue_id: 'q' });
  });

  test('its beginning with the agent is stamped once', () => {
    expect(nextStep(run(), message('delivering', false, 1), T + 5)).toMatchObject({ started_at: T + 5 });
    expect(nextStep(run({ started_at: T + 1 }), message('delivering', false, 2), T + 5)).not.toHaveProperty('started_at');
  });

  test('a recorded one goes as it is told, and its message means nothing', () => {
    const recorded = run({ origin: 'recorded', status: 'in_progress' });
    expect(nextStep(recorded, told('pending'), T)).toEqual({ status: 'pending' });
    expect(nextStep(recorded, { kind: 'told', status: 'failed', response: 'r', error: 'e' }, T)).toEqual({
      status: 'failed',
      ended_at: T,
      response: 'r',
      response_cut: false,
      response_preview: 'r',
      error: 'e',
    });
    expect(nextStep(recorded, told('failed'), T)).toMatchObject({ error: 'Its source says that it failed, and not why.' });
    expect(nextStep(recorded, told('completed'), T)).not.toHaveProperty('error');
    expect(nextStep(recorded, message('delivering'), T)).toBeNull();
    expect(nextStep(recorded, { kind: 'expiry', why: '' }, T)?.status).toBe('expired');
  });

  test('a person’s end is marked as one', () => {
    const reason = { kind: 'cancelled', by: 'Ada', reason: '' } as const;
    expect(nextStep(run(), { kind: 'failure', reason }, T)).toEqual({
      status: 'failed',
      ended_at: T,
      cancelled: true,
      error: 'Cancelled by Ada.',
    });
  });
});

const anyNews = fc.oneof<fc.Arbitrary<DelegationNews>[]>(
  fc.record({
    kind: fc.constant('message' as const),
    state: fc.constantFrom('waiting' as const, 'delivering' as const),
    held: fc.boolean(),
    attempts: fc.nat(5),
    queue_id: fc.constant('q'),
  }),
  fc.record({
    kind: fc.constant('answer' as const),
    result: fc.oneof(
      fc.record({ ok: fc.constant(true as const), text: fc.string() }),
      fc.record({ ok: fc.constant(false as const), why: fc.constantFrom('failed' as const, 'asks' as const), text: fc.string() }),
    ),
  }),
  fc.constant(FAILED),
  fc.constant<DelegationNews>({ kind: 'expiry', why: 'x' }),
  fc.constantFrom(...DELEGATION_STATES.map(told)),
);

test('whatever happens in whatever order: exactly one end, stamped, and nothing after it', () => {
  fc.assert(
    fc.property(fc.array(anyNews, { maxLength: 30 }), fc.constantFrom('platform' as const, 'recorded' as const), (happenings, origin) => {
      let now = T;
      let at = run({ origin });
      let ends = 0;
      for (const news of happenings) {
        now += 1;
        const step = nextStep(at, news, now);
        if (isEnded(at.status)) expect(step).toBeNull();
        if (!step) continue;
        const { ended_at, ...rest } = step;
        expect(ended_at).toBe(isEnded(step.status) ? now : undefined);
        if (isEnded(step.status)) ends += 1;
        at = { ...at, ...rest };
        if (at.status === 'in_progress') expect(at.started_at).not.toBeNull();
        if (step.status === 'failed' && news.kind !== 'told') expect(step.error).toMatch(/\S/);
      }
      expect(ends).toBe(isEnded(at.status) ? 1 : 0);
    }),
  );
});

describe('in words', () => {
  test.each([
    [{ kind: 'agent', why: 'rejected', words: 'not mine' }, 'Its agent rejected it: not mine'],
    [{ kind: 'agent', why: 'failed', words: '' }, 'Its agent failed at it.'],
    [
      { kind: 'agent', why: 'lost_answer', words: 'It answered more than 10 bytes. The answer is lost; the work may be done.' },
      'Its agent answered, and the answer could not be kept: It answered more than 10 bytes. The answer is lost; the work may be done.',
    ],
    [{ kind: 'dropped', why: 'no longer needed' }, 'Its message was taken out of the queue: no longer needed.'],
    [{ kind: 'cancelled', by: 'Ada', reason: 'twice.' }, 'Cancelled by Ada: twice.'],
    [{ kind: 'undelivered', why: 'It said no' }, 'It could not be handed over: It said no. Look at the target, then ask again.'],
    [{ kind: 'unreadable' }, 'Its agent answered, and the answer could not be read. Look at the target, then ask again.'],
    [{ kind: 'lost' }, 'Its task is not in the store any more, so it cannot be handed over. Ask again.'],
    [{ kind: 'source_removed' }, 'The workspace that asked was removed.'],
  ] as const)('%o', (reason, said) => {
    expect(sayFailure(reason)).toBe(said);
  });

  test('an expiry says what it waited for, or how far it came', () => {
    const six = { created_at: T, expires_at: T + 6 * 3_600_000 };
    expect(sayExpired({ ...six, started_at: null }, 'It is offline')).toBe(
      'There was no answer within 6 h. What it waited for: It is offline.',
    );
    expect(sayExpired({ ...six, started_at: null }, '')).toBe('There was no answer within 6 h: it did not reach the agent.');
    expect(sayExpired({ ...six, started_at: T }, '')).toBe('There was no answer within 6 h: the agent began and did not end.');
  });
});
