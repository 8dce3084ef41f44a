import { describe, expect, test } from 'vitest';
import { RUN_STEPS } from '#lib/contract/restart-steps.ts';
import { T } from './beats.fixture.ts';
import { ADA, aRun, draining } from './restart-run.fixture.ts';
import { runChoices } from './run-choices.ts';

const may = (some: Parameters<typeof aRun>[0], left = 2) => Object.keys(runChoices(aRun(some), left, false));

test('cancel until the stop, force until the drain is over', () => {
  const by = Object.fromEntries(
    RUN_STEPS.map((state) => [state, may({ state, ended_at: ['done', 'cancelled', 'failed'].includes(state) ? T : null }).join(' ')]),
  );
  expect(by).toEqual({
    requested: 'cancel force',
    signalled: 'cancel force',
    draining: 'cancel force',
    drained: 'cancel',
    deadline_passed: 'cancel',
    snapshot_saved: 'cancel',
    stopped: 'cancel',
    started: 'cancel',
    online: '',
    restored: '',
    done: '',
    cancelled: '',
    failed: '',
  });
});

test.each<[string, Parameters<typeof aRun>[0], string[]]>([
  ['while it is being stopped', { state: 'snapshot_saved', stopping: true }, []],
  ['while a resume starts', { kind: 'resume', started_at: T }, ['cancel']],
  ['while a pause stops what was started', { kind: 'pause', state: 'started' }, []],
  ['while a resume waits for its turn', { kind: 'resume' }, ['cancel']],
  ['twice', { state: 'draining', cancelled_by: ADA }, ['force']],
  ['once forced', { state: 'draining', forced_at: T }, ['cancel']],
])('%s', (_name, some, choices) => expect(may(some)).toEqual(choices));

describe('the price is on the button', () => {
  test.each([
    [0, 'Force now', 'Goes on without waiting for work that it may have.'],
    [1, 'Force now: 1 task is cancelled', 'It is listed in the snapshot, and what came as a message is delivered again after the restart.'],
    [
      3,
      'Force now: 3 tasks are cancelled',
      'They are listed in the snapshot, and what came as a message is delivered again after the restart.',
    ],
  ])('of a force with %d tasks left', (left, label, cost) => {
    expect(runChoices(draining(), left, false).force).toEqual({ label, cost });
  });

  test.each([
    ['restart', 'Cancel the restart'],
    ['pause', 'Cancel the pause'],
    ['resume', 'Cancel the start'],
    ['drain', 'Take messages again'],
  ] as const)('of the cancel of a %s', (kind, label) => {
    expect(runChoices(aRun({ kind }), 0, false).cancel).toEqual({
      label,
      cost:
        kind === 'resume' ? 'Nothing is started; it stays as it is.' : 'It goes on as it is and takes messages again; nothing was stopped.',
    });
  });

  test('of a cancel after a force: what was cut off stays cut off', () => {
    expect(runChoices(draining({ forced_at: T }), 0, false).cancel?.cost).toContain('What was cut off');
  });

  test('of a start that is given up', () => {
    expect(runChoices(aRun({ state: 'started' }), 0, false).cancel).toMatchObject({ label: 'Stop it instead' });
  });

  test('of a cancel after the deadline: what was cut off stays cut off', () => {
    expect(runChoices(draining({ state: 'deadline_passed' }), 0, false).cancel?.cost).toContain('What was cut off');
  });
});

test('a start that failed may be tried again where that is possible', () => {
  const failed = aRun({ state: 'failed', ended_at: T });
  expect(runChoices(failed, 0, true)).toEqual({
    start_again: { label: 'Start again', cost: 'Starts it with what was kept; its messages wait.' },
  });
  expect(runChoices(failed, 0, false)).toEqual({});
});
