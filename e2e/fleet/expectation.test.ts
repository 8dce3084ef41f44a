import { describe, expect, it } from 'vitest';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { differences, expectationOf } from './expectation.ts';
import type { Fault } from './fault.ts';
import { SimulatedRuntime } from './simulated-runtime.ts';

const T = 1_000_000_000;
const runtimeOf = (fault: Fault | null) =>
  new SimulatedRuntime({ id: 'w', name: 'sim-1', token: 't', fault, boot_id: 'b' }, { bootAt: T - 60_000, intervalSeconds: 30 });

function beaten(fault: Fault | null, beats = 1): SimulatedRuntime {
  const runtime = runtimeOf(fault);
  for (let i = 0; i < beats; i += 1) runtime.wasAccepted(runtime.beat('full', T), T);
  return runtime;
}
const statesAt = (runtime: SimulatedRuntime, ms: number) =>
  expectationOf(runtime, 30, T + ms).states.map(({ status, cause, late }) => `${status} ${cause} ${late}`);

describe('what should be shown', () => {
  it.each<[Fault | null, number, string]>([
    [null, 1, 'online null false'],
    ['wedge', 1, 'degraded wedged false'],
    ['errors', 1, 'degraded errors false'],
    ['flapping', 1, 'degraded wedged false'],
    ['flapping', 2, 'online null false'],
    ['flapping', 3, 'degraded wedged false'],
  ])('of %s after %i beats: %s', (fault, beats, state) => {
    expect(statesAt(beaten(fault, beats), 1000)).toEqual([state]);
  });
  it('follows the silence, and is unsure only at the edges', () => {
    const runtime = beaten(null);
    expect(statesAt(runtime, 56_000)).toEqual(['online null false']);
    expect(statesAt(runtime, 60_000)).toEqual(['online null null']);
    expect(statesAt(runtime, 64_000)).toEqual(['online null true']);
    expect(statesAt(runtime, 90_000)).toEqual(['online null null', 'awaiting_agent lapse false']);
    expect(statesAt(runtime, 94_000)).toEqual(['awaiting_agent lapse false']);
  });
  it('is "not connected" before the first accepted beat', () => {
    expect(statesAt(runtimeOf(null), 1_000_000)).toEqual(['awaiting_agent not_connected false']);
  });
});

describe('beats', () => {
  it('of a partial one change only the tasks and the silence', () => {
    const runtime = beaten('partial');
    const before = runtime.accepted;
    const beat = runtime.beat('partial start', T + 5000);
    expect(beat).toMatchObject({ uptime_seconds: 0, error_rate: 0, active_tasks: 1 });
    expect([beat.runtime_metadata, beat.boot_id, beat.runtime_state]).toEqual([undefined, undefined, undefined]);
    runtime.wasAccepted(beat, T + 5000);
    expect(runtime.accepted).toEqual({ ...before, at: T + 5000, active_tasks: 1 });
  });
  it('follow each other as the fault says', () => {
    const following = (fault: Fault | null) =>
      runtimeOf(fault)
        .next(T)
        .map(({ kind, at }) => [kind, at - T]);
    expect(following(null)).toEqual([['full', 30_000]]);
    expect(following('late')).toEqual([['full', 75_000]]);
    expect(following('silence')).toEqual([]);
    expect(following('partial')).toEqual([
      ['full', 30_000],
      ['partial start', 9000],
      ['partial end', 18_000],
    ]);
  });
});

describe('differences', () => {
  const expected = expectationOf(beaten(null), 30, T);
  const shown = {
    status: 'online',
    cause: null,
    late: false,
    boot_id: 'b',
    uptime_seconds: 61,
    last_error_rate: 0,
    active_tasks: 1,
  } as WorkspaceCard;
  it('are none when it is as it should be', () => {
    expect(differences(expected, shown)).toEqual([]);
  });
  it.each<[Partial<WorkspaceCard>, RegExp]>([
    [{ late: true }, /^state online\/late, expected online$/],
    [{ status: 'degraded', cause: 'wedged' }, /degraded\/wedged/],
    [{ uptime_seconds: 0 }, /^uptime_seconds 0, expected 61$/],
    [{ boot_id: null }, /boot_id/],
    [{ last_error_rate: 0.6 }, /last_error_rate/],
    [{ active_tasks: 0 }, /active_tasks/],
  ])('%o is one', (over, words) => {
    expect(differences(expected, { ...shown, ...over })).toEqual([expect.stringMatching(words)]);
  });
  it('are told when it is not there at all', () => {
    expect(differences(expected, undefined)).toEqual(['it is not listed']);
  });
});
