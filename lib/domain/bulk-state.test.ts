import { describe, expect, test } from 'vitest';
import type { BulkItemState } from '#lib/contract/bulk-restarts.ts';
import { type BulkCause, type BulkStanding, bulkAfter } from './bulk-state.ts';

const standing = (some: Partial<BulkStanding> = {}): BulkStanding => ({
  state: 'running',
  why: '',
  stop_after_failures: 2,
  forgiven: 0,
  ended_at: null,
  ...some,
});
const counts = (some: Partial<Record<BulkItemState, number>> = {}) => ({
  pending: 3,
  running: 1,
  done: 0,
  failed: 0,
  cancelled: 0,
  skipped: 0,
  ...some,
});
const failure: BulkCause = { kind: 'outcome', failure: { name: 'Atlas', why: 'it did not start.' } };
const success: BulkCause = { kind: 'outcome', failure: null };
const moved = (bulk: BulkStanding, cause: BulkCause, some: Parameters<typeof counts>[0] = {}) => bulkAfter(bulk, counts(some), cause, 9);

const paused = standing({ state: 'paused', why: 'Paused by Ada.' });
const aborted = standing({ state: 'aborted', why: 'Aborted by Ada.' });
const done = standing({ state: 'done', ended_at: 5 });

test.each<[string, BulkStanding, BulkCause, BulkStanding]>([
  ['running, paused by a person', standing(), { kind: 'pause', by: 'Ada' }, paused],
  ['paused, paused again', paused, { kind: 'pause', by: 'Bob' }, paused],
  ['paused, resumed', paused, { kind: 'resume' }, standing()],
  ['running, resumed', standing(), { kind: 'resume' }, standing()],
  ['running, aborted', standing(), { kind: 'abort', by: 'Ada' }, aborted],
  ['paused, aborted', paused, { kind: 'abort', by: 'Ada' }, aborted],
  ['aborted, aborted again', aborted, { kind: 'abort', by: 'Bob' }, aborted],
  ['running, one more is done', standing(), success, standing()],
  ['done, a late outcome', done, failure, done],
])('%s', (_name, bulk, cause, next) => {
  expect(moved(bulk, cause)).toEqual(next);
});

test.each<[string, BulkStanding, BulkCause]>([
  ['pause what was aborted', aborted, { kind: 'pause', by: 'Ada' }],
  ['resume what was aborted', aborted, { kind: 'resume' }],
  ['pause what is done', done, { kind: 'pause', by: 'Ada' }],
  ['resume what is done', done, { kind: 'resume' }],
  ['abort what is done', done, { kind: 'abort', by: 'Ada' }],
])('nobody can %s', (_name, bulk, cause) => {
  expect(() => moved(bulk, cause)).toThrow(expect.objectContaining({ code: 'conflict' }));
});

describe('it ends', () => {
  test('with the outcome of the last item, also when it was paused or that item failed', () => {
    const last = { pending: 0, running: 0, failed: 2 };
    for (const bulk of [standing(), paused]) expect(moved(bulk, failure, last)).toEqual({ ...standing(), state: 'done', ended_at: 9 });
  });

  test('when it was aborted, once nothing is under way; it stays aborted', () => {
    expect(moved(standing(), { kind: 'abort', by: 'Ada' }, { running: 0 })).toEqual({ ...aborted, ended_at: 9 });
    expect(moved(aborted, success, { pending: 0, running: 1 })).toEqual(aborted);
    expect(moved(aborted, failure, { pending: 0, running: 0 })).toEqual({ ...aborted, ended_at: 9 });
  });
});

describe('failures', () => {
  test('pause it when there are enough, and it says which was the last and why', () => {
    expect(moved(standing(), failure, { failed: 1 })).toEqual(standing());
    expect(moved(standing(), failure, { failed: 2 })).toEqual({
      ...standing(),
      state: 'paused',
      why: '2 failed, the last was Atlas: it did not start; resume to go on.',
    });
  });

  test('are forgiven by a resume: as many more pause it again', () => {
    const resumed = moved(paused, { kind: 'resume' }, { failed: 2 });
    expect(resumed.forgiven).toBe(2);
    expect(moved(resumed, failure, { failed: 3 }).state).toBe('running');
    expect(moved(resumed, failure, { failed: 4 }).state).toBe('paused');
  });

  test('never pause it when it should not stop, or when nothing is left to begin', () => {
    expect(moved(standing({ stop_after_failures: null }), failure, { failed: 99 }).state).toBe('running');
    expect(moved(standing(), failure, { failed: 2, pending: 0 }).state).toBe('running');
  });

  test('of before do not pause it again when something else ends well', () => {
    expect(moved(standing(), success, { failed: 2 }).state).toBe('running');
  });
});
