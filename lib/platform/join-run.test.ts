import { expect, test } from 'vitest';
import { aRun } from '#lib/domain/restart-run.fixture.ts';
import { joinRun } from './join-run.ts';
import type { RunRequest } from './new-run.ts';

const NOW = 5000;
const by = { kind: 'operator' as const, id: 'o', name: 'Ada' };
const ask = (kind: RunRequest['kind'], more: Partial<RunRequest> = {}): RunRequest => ({
  workspaceId: 'w',
  kind,
  origin: 'request',
  actor: by,
  deadlineSeconds: 60,
  ...more,
});

test.each([
  ['restart', 'restart', 'restart'],
  ['restart', 'drain', 'restart'],
  ['restart', 'resume', 'restart'],
  ['restart', 'pause', 'pause'],
  ['drain', 'restart', 'restart'],
  ['drain', 'pause', 'pause'],
  ['pause', 'resume', 'restart'],
  ['pause', 'restart', 'restart'],
  ['resume', 'restart', 'resume'],
] as const)('a %s that is under way, and a %s: a %s', (kind, asked, becomes) => {
  expect(joinRun(aRun({ kind, state: 'draining' }), ask(asked), NOW).kind).toBe(becomes);
});

test.each([
  ['drain', 'resume'],
  ['resume', 'drain'],
] as const)('a %s and a %s do not go together', (kind, asked) => {
  expect(() => joinRun(aRun({ kind }), ask(asked), NOW)).toThrow(expect.objectContaining({ code: 'conflict' }));
});

test('the last word counts, also over a cancel that was not carried out yet', () => {
  expect(joinRun(aRun({ kind: 'resume', cancelled_by: by }), ask('resume'), NOW)).toMatchObject({ kind: 'resume', cancelled_by: null });
  expect(joinRun(aRun({ kind: 'resume' }), ask('pause'), NOW)).toMatchObject({ kind: 'pause', cancelled_by: null });
});

test.each(['restart', 'pause'] as const)('a %s takes the run of a crash over, also its next start', (kind) => {
  const crash = aRun({ origin: 'crash', state: 'started', self_starting: true, attempts: 2, started_at: 1 });
  expect(joinRun(crash, ask(kind, { restoreSnapshotId: 's', reason: 'now' }), NOW)).toMatchObject({
    kind,
    origin: 'request',
    actor: by,
    reason: 'now',
    state: 'snapshot_saved',
    self_starting: false,
    attempts: 0,
    restore_snapshot_id: 's',
  });
});

test('an older snapshot is refused once a start with another one was begun', () => {
  const begun = aRun({ state: 'started', attempts: 1 });
  expect(() => joinRun(begun, ask('restart', { restoreSnapshotId: 's' }), NOW)).toThrow(expect.objectContaining({ code: 'conflict' }));
});

test('a drain without an end gets the deadline of the restart that it becomes, never a later one', () => {
  const drain = aRun({ kind: 'drain', state: 'draining', signalled_at: 1, deadline_at: null, deadline_seconds: null });
  expect(joinRun(drain, ask('restart'), NOW)).toMatchObject({ deadline_at: NOW + 60_000, deadline_moved: true });
  expect(joinRun({ ...drain, deadline_at: NOW + 5 }, ask('restart'), NOW).deadline_at).toBeUndefined();
  expect(joinRun({ ...drain, kind: 'restart' }, ask('restart'), NOW).deadline_at).toBeUndefined();
});

test('a reason is kept without secrets', () => {
  const reason = joinRun(aRun(), ask('restart', { reason: 'rotate password=hunter2hunter2' }), NOW).reason;
  expect(reason).toBe('rotate password=[REDACTED:PASSWORD]');
});
