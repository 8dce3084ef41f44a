import type { RunChoices } from '#lib/contract/restarts.ts';
import type { RunState } from './restart-run.ts';

const tasks = (count: number) => (count === 1 ? '1 task' : `${count} tasks`);

/**
 * What a person may do to a run now, each with its price in words. `left`: tasks still at work. `startable`: it failed, is
 * the workspace's newest run, and Canvas can start it.
 */
export function runChoices(run: RunState, left: number, startable: boolean): RunChoices {
  if (run.state === 'failed') {
    return startable ? { start_again: { label: 'Start again', cost: 'Starts it with what was kept; its messages wait.' } } : {};
  }
  if (run.ended_at !== null) return {};
  const choices: RunChoices = {};
  const beforeStop = ['requested', 'signalled', 'draining', 'drained', 'deadline_passed', 'snapshot_saved'].includes(run.state);
  if (beforeStop && !run.stopping && run.started_at === null && run.cancelled_by === null) {
    choices.cancel = { label: cancelLabel(run), cost: cancelCost(run) };
  }
  if (isStarting(run)) {
    choices.cancel = {
      label: 'Stop it instead',
      cost: 'The start is given up and it stays paused; its messages wait until it is resumed.',
    };
  }
  const drains = run.state === 'requested' || run.state === 'signalled' || run.state === 'draining';
  if (drains && run.kind !== 'resume' && run.forced_at === null) {
    choices.force = {
      label: left === 0 ? 'Force now' : `Force now: ${tasks(left)} ${left === 1 ? 'is' : 'are'} cancelled`,
      cost:
        left === 0
          ? 'Goes on without waiting for work that it may have.'
          : `${left === 1 ? 'It is' : 'They are'} listed in the snapshot, and what came as a message is delivered again after the restart.`,
    };
  }
  return choices;
}

/** Its process was stopped and the next one is not back: there is no way back, but it can be left stopped. */
export function isStarting(run: RunState): boolean {
  if (run.kind === 'pause' || !run.provisioned) return false;
  return run.state === 'stopped' || run.state === 'started' || (run.state === 'requested' && run.started_at !== null);
}

function cancelLabel(run: RunState): string {
  if (run.kind === 'drain') return 'Take messages again';
  return run.kind === 'pause' ? 'Cancel the pause' : run.kind === 'resume' ? 'Cancel the start' : 'Cancel the restart';
}

function cancelCost(run: RunState): string {
  if (run.kind === 'resume') return 'Nothing is started; it stays as it is.';
  if (run.state === 'deadline_passed' || run.forced_at !== null) return 'It takes messages again. What was cut off is delivered again.';
  return 'It goes on as it is and takes messages again; nothing was stopped.';
}
