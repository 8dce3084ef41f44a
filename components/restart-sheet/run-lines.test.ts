import { describe, expect, it } from 'vitest';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { ASKED_AT, stamp, testRun } from './run.fixture.ts';
import { runLines, runShare } from './run-lines.ts';

const signal = { outcome: 'acknowledged' as const, detail: '', ms: 84.4 };
const draining = testRun({
  state: 'draining',
  signal,
  steps: [stamp('requested', 0), stamp('signalled', 84, { outcome: 'acknowledged' }), stamp('draining', 90)],
});
const shown = (run: RestartRunDetail, left = 0) => runLines(run, left).map(({ state, label }) => `${state}: ${label}`);

describe('runLines', () => {
  it('says what is done, what is under way and what is to come', () => {
    expect(shown(draining, 1)).toEqual([
      'done: Signal acknowledged',
      'now: Draining: 1 of 2 tasks left',
      'todo: Save a snapshot',
      'todo: Stop',
      'todo: Start with a fresh token',
      'todo: First beat of the new process',
      'todo: Restore, deliver what waits',
    ]);
    expect(runLines(draining, 1)[0]).toMatchObject({ at: ASKED_AT + 84, note: '84 ms' });
    expect(runLines(draining, 1)[1]).toMatchObject({ at: ASKED_AT + 90 });
  });

  it('tells a runtime without the signal from one that has it', () => {
    const run = testRun({
      ...draining,
      signal: { outcome: 'not_supported', detail: '404 at /signals/restart_pending', ms: 3 },
      steps: [stamp('requested', 0), stamp('signalled', 3, { outcome: 'not_supported' }), stamp('draining', 4)],
    });
    expect(runLines(run, 2)[0]).toMatchObject({ state: 'warned', note: '404 at /signals/restart_pending' });
    expect(runLines(run, 2)[0]?.label).toContain('watching its tasks');
  });

  it('leaves out a signal that was never needed, and says that nothing ran', () => {
    const run = testRun({ state: 'drained', in_flight: [], steps: [stamp('requested', 0), stamp('drained', 1, { how: 'not_running' })] });
    expect(shown(run)[0]).toBe('done: Nothing was running');
    expect(shown(run)[1]).toBe('now: Saving a snapshot');
  });

  it('shows a deadline that passed in the place of the drain', () => {
    const run = testRun({
      state: 'deadline_passed',
      signal,
      steps: [...draining.steps, stamp('deadline_passed', 900_000, { how: 'deadline' })],
    });
    expect(shown(run, 1).slice(1, 3)).toEqual(['warned: The deadline passed: what was at work is cut off', 'now: Saving a snapshot']);
  });

  it('says of a drain that ended by cutting work off that it did', () => {
    const run = testRun({
      state: 'drained',
      signal,
      unfinished: [{ id: 't1' }],
      steps: [...draining.steps, stamp('drained', 60_000, { how: 'said' })],
    });
    expect(shown(run)[1]).toBe('warned: The deadline passed: 1 task cut off, to be done again');
    expect(shown(testRun({ ...run, force: true }))[1]).toBe('warned: Forced: 1 task cut off, to be done again');
  });

  it('says how many a deadline or a force cut off, and not where it fell silent', () => {
    const passed = (how: string) =>
      shown(
        testRun({
          state: 'deadline_passed',
          signal,
          force: how === 'forced',
          unfinished: [{ id: 't1' }],
          steps: [...draining.steps, stamp('deadline_passed', 60_000, { how })],
        }),
      )[1];
    expect(passed('forced')).toBe('warned: Forced: 1 task cut off, to be done again');
    expect(passed('deadline')).toBe('warned: The deadline passed: 1 task cut off, to be done again');
    expect(passed('silent')).toBe('warned: It fell silent while it drained');
  });

  it('counts the newest of two starts, and marks where it failed', () => {
    const steps = [
      ...draining.steps,
      stamp('drained', 100, { how: 'said' }),
      stamp('snapshot_saved', 200),
      stamp('stopped', 300),
      stamp('started', 400, { attempt: 1 }),
      stamp('started', 900, { attempt: 2 }),
    ];
    const open = testRun({ state: 'started', signal, steps });
    expect(runLines(open, 0)[4]).toMatchObject({ state: 'done', label: 'Started again (attempt 2)', at: ASKED_AT + 900 });
    const failed = testRun({
      state: 'failed',
      signal,
      ended_at: ASKED_AT + 1_000,
      failure: { step: 'started', why: 'Its process ended', output: 'boom' },
      steps: [...steps, stamp('failed', 1_000)],
    });
    expect(shown(failed).slice(4)).toEqual(['done: Started again (attempt 2)', 'failed: First beat of the new process']);
  });

  it('shows only what was done of a run that was cancelled', () => {
    const run = testRun({ ...draining, state: 'cancelled', ended_at: ASKED_AT + 500, steps: [...draining.steps, stamp('cancelled', 500)] });
    expect(shown(run, 2)).toEqual(['done: Signal acknowledged']);
  });

  it('says what a drain alone waits for', () => {
    const run = testRun({
      kind: 'drain',
      state: 'snapshot_saved',
      signal,
      waits_for: 'a restart, or a cancel',
      steps: [...draining.steps, stamp('drained', 100, { how: 'said' }), stamp('snapshot_saved', 200)],
    });
    expect(shown(run).at(-1)).toBe('now: Waiting for a restart, or a cancel');
  });

  it('says of a crash that its process ended and waits to be started again, with no word of a token', () => {
    const run = testRun({
      origin: 'crash',
      state: 'stopped',
      attempts: 1,
      steps: [stamp('requested', 0), stamp('stopped', 0, { code: 1 })],
    });
    expect(shown(run).slice(0, 2)).toEqual(['done: Its process ended', 'now: Waiting to be started again (attempt 2)']);
    const started = testRun({
      ...run,
      state: 'started',
      attempts: 2,
      steps: [...run.steps, stamp('started', 900, { attempt: 2, pid: 7 })],
    });
    expect(shown(started)[1]).toBe('done: Started again (attempt 2)');
  });

  it('takes only the halves of a pause and of a resume', () => {
    expect(runLines(testRun({ kind: 'pause' }), 2).map(({ step }) => step)).toEqual(['signalled', 'drained', 'snapshot_saved', 'stopped']);
    expect(runLines(testRun({ kind: 'resume' }), 0).map(({ step }) => step)).toEqual(['started', 'online', 'restored']);
  });
});

describe('how far a run is', () => {
  it('counts the tasks that ended within the drain', () => {
    expect(runShare(draining, 2)).toBeCloseTo(1 / 7);
    expect(runShare(draining, 1)).toBeCloseTo(1.5 / 7);
    expect(runShare(testRun({ state: 'done', ended_at: ASKED_AT + 1 }), 0)).toBe(1);
  });
});
