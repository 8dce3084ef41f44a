import fc from 'fast-check';
import { expect, test } from 'vitest';
import { full, partial, T } from './beats.fixture.ts';
import { drainOver } from './drain-over.ts';
import { aSeen, draining } from './restart-run.fixture.ts';
import { applyBeat } from './status-engine.ts';

const drain = (state: 'draining' | 'drained', run_id = 'run-1') => ({ run_id, state, in_flight: [] });
const after = (beat: Parameters<typeof applyBeat>[1], at: number, seen = aSeen({ facts: { active_tasks: 2 } })) => ({
  ...seen,
  facts: applyBeat(seen.facts, beat, at).facts,
});

test('it says so itself, in a full beat or a partial one', () => {
  expect(drainOver(draining(), after(full({ drain: drain('drained') }), T + 1))).toBe('said');
  expect(drainOver(draining(), after(partial({ drain: drain('drained') }), T + 1))).toBe('said');
});

test('what it says itself goes before what it counts', () => {
  expect(drainOver(draining(), after(full({ active_tasks: 0, drain: drain('draining') }), T + 1))).toBeNull();
});

test('what it says of another run says nothing of this one', () => {
  expect(drainOver(draining(), after(full({ active_tasks: 1, drain: drain('drained', 'run-0') }), T + 1))).toBeNull();
});

test.each([
  ['a full beat after the signal', full({ active_tasks: 0 }), T + 1, 'no_tasks'],
  ['a full beat with a task', full({ active_tasks: 1 }), T + 1, null],
  ['a partial beat', partial({ active_tasks: 0 }), T + 1, null],
  ['a full beat of the same millisecond', full({ active_tasks: 0 }), T, null],
] as const)('of one that does not speak of drains, its tasks are counted in %s', (_name, beat, at, how) => {
  expect(drainOver(draining(), after(beat, at))).toBe(how);
});

test('no task that it shows counts while a message is on its way to it', () => {
  expect(drainOver(draining(), { ...after(full(), T + 1), under_way: 1 })).toBeNull();
});

test('before the signal nothing counts', () => {
  expect(drainOver(draining({ signalled_at: null }), after(full({ drain: drain('drained') }), T + 1))).toBeNull();
});

test('a partial beat after a full one of the old count changes nothing', () => {
  const busy = after(full({ active_tasks: 1 }), T + 1);
  expect(drainOver(draining(), after(partial({ active_tasks: 0 }), T + 2, busy))).toBe('no_tasks');
  const before = aSeen({ facts: { active_tasks: 1 } });
  expect(drainOver(draining(), after(partial({ active_tasks: 0 }), T + 2, before))).toBeNull();
});

test('time is not among what it is decided from', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 1, max: 5 }), (later, tasks) => {
      const facts = { active_tasks: tasks, last_beat_at: T + later, last_full_beat_at: T + later };
      expect(drainOver(draining({ deadline_at: T }), aSeen({ facts }))).toBeNull();
    }),
  );
});
