import { startsByItself } from '#components/restarts/run-words.ts';
import type { RunStep } from '#lib/contract/restart-steps.ts';
import type { RestartRun, RestartRunDetail, RunStamp } from '#lib/contract/restarts.ts';
import { sayStep } from '#lib/domain/say-step.ts';

export type LineState = 'done' | 'warned' | 'now' | 'todo' | 'failed';

/** One line of a run's progress: a step that was done, is under way, or is to come. */
export interface RunLine {
  step: RunStep;
  state: LineState;
  label: string;
  /** When it was stamped; for what is under way, when the step before it was. Null: not yet. */
  at: number | null;
  /** What is worth adding, such as how long the signal's answer took. */
  note: string;
}

type Path = Pick<RestartRun, 'kind' | 'origin' | 'provisioned'>;

/** The steps that a run of this kind goes through, those that say nothing new left out. */
function pathOf({ kind, origin, provisioned }: Path): RunStep[] {
  if (startsByItself({ kind, origin })) return ['stopped', 'started', 'online', 'restored'];
  switch (kind) {
    case 'restart':
      return provisioned
        ? ['signalled', 'drained', 'snapshot_saved', 'stopped', 'started', 'online', 'restored']
        : ['signalled', 'drained', 'snapshot_saved', 'online', 'restored'];
    case 'pause':
      return ['signalled', 'drained', 'snapshot_saved', 'stopped'];
    case 'resume':
      return ['started', 'online', 'restored'];
    case 'drain':
      return ['signalled', 'drained', 'snapshot_saved', 'online', 'restored'];
  }
}

const TO_COME: Partial<Record<RunStep, string>> = {
  signalled: 'Send the drain signal',
  drained: 'Let running work end',
  snapshot_saved: 'Save a snapshot',
  stopped: 'Stop',
  started: 'Start with a fresh token',
  online: 'First beat of the new process',
  restored: 'Restore, deliver what waits',
};
const UNDER_WAY: Partial<Record<RunStep, string>> = {
  signalled: 'Sending the drain signal',
  drained: 'Draining',
  snapshot_saved: 'Saving a snapshot',
  stopped: 'Stopping',
  started: 'Starting with a fresh token',
  online: 'Waiting for the first beat of the new process',
  restored: 'Looking at what came back',
};

const tasks = (n: number) => (n === 1 ? '1 task' : `${n} tasks`);

/** "Draining: 1 of 2 tasks left". */
function drainingText(run: RestartRun, left: number): string {
  const all = Math.max(run.in_flight.length, left);
  if (all === 0) return 'Draining: making sure that nothing runs';
  if (left === 0) return 'Draining: nothing is left, it finishes up';
  return left === all ? `Draining: ${tasks(left)} left` : `Draining: ${left} of ${tasks(all)} left`;
}

function underWay(step: RunStep, run: RestartRun, left: number): string {
  if (step === 'started' && startsByItself(run)) return `Waiting to be started again (attempt ${run.attempts + 1})`;
  if (step === 'drained') return drainingText(run, left);
  if (step === 'online' && (run.kind === 'drain' || !run.provisioned))
    return run.waits_for === '' ? 'Waiting for a new process' : `Waiting for ${run.waits_for}`;
  return UNDER_WAY[step] ?? step;
}

function noteOf({ step }: RunStamp, run: RestartRun): string {
  if (step === 'signalled' && run.signal !== null) {
    const took = run.signal.outcome === 'acknowledged' ? `${Math.round(run.signal.ms)} ms` : '';
    return [took, run.signal.outcome === 'acknowledged' ? '' : run.signal.detail].filter((part) => part !== '').join(' · ');
  }
  if (step === 'online' && run.boot_id_after !== null) return run.boot_id_after;
  return '';
}

/** The words of a step that was done. A runtime that ended its work itself, when it was told to, says "drained" too. */
function doneText({ step, detail }: RunStamp, run: RestartRun): string {
  if (step === 'started' && startsByItself(run)) return `Started again (attempt ${Math.max(1, run.attempts)})`;
  if (step === 'stopped' && startsByItself(run)) return 'Its process ended';
  const how = detail['how'];
  const ended = step === 'drained' || (step === 'deadline_passed' && (how === 'deadline' || how === 'forced'));
  if (!ended || run.unfinished.length === 0) return sayStep(step, detail);
  return `${run.force ? 'Forced' : 'The deadline passed'}: ${tasks(run.unfinished.length)} cut off, to be done again`;
}

const WARNS: Partial<Record<RunStep, (run: RestartRun, stamp: RunStamp) => boolean>> = {
  signalled: (run) => run.signal !== null && run.signal.outcome !== 'acknowledged',
  drained: (run) => run.unfinished.length > 0,
  deadline_passed: () => true,
  snapshot_saved: (_, { detail }) => detail['saved'] === false,
  restored: (_, { detail }) => detail['confirmed'] === false,
};

/**
 * A run as a person follows it: every step with where it stands. `left`: tasks still at work. A step that this run never
 * took (nothing ran, so nothing was signalled) has no line.
 */
export function runLines(run: RestartRunDetail, left: number): RunLine[] {
  // A second attempt stamps `started` again: the newest stamp of a step is the one that counts.
  const stamps = new Map<RunStep, RunStamp>();
  for (const stamp of run.steps) stamps.set(stamp.step, stamp);
  const cutOff = stamps.get('deadline_passed');
  if (cutOff && !stamps.has('drained')) stamps.set('drained', cutOff);
  const path = pathOf(run);
  const reached = Math.max(-1, ...path.map((step, at) => (stamps.has(step) ? at : -1)));
  const lastAt = run.steps.at(-1)?.at ?? run.requested_at;
  const open = run.ended_at === null;
  const lines: RunLine[] = [];
  path.forEach((step, place) => {
    const stamp = stamps.get(step);
    if (stamp) {
      const state = WARNS[stamp.step]?.(run, stamp) ? 'warned' : 'done';
      lines.push({ step, state, label: doneText(stamp, run), at: stamp.at, note: noteOf(stamp, run) });
    } else if (place === reached + 1 && open) {
      lines.push({ step, state: 'now', label: underWay(step, run, left), at: lastAt, note: '' });
    } else if (place === reached + 1 && run.state === 'failed') {
      lines.push({ step, state: 'failed', label: TO_COME[step] ?? step, at: run.ended_at, note: '' });
    } else if (place > reached && open && !(run.kind === 'drain' && step === 'restored')) {
      lines.push({ step, state: 'todo', label: TO_COME[step] ?? step, at: null, note: '' });
    }
  });
  return lines;
}

/** How far it is, 0…1: whole steps, and within the drain the share of its tasks that ended. */
export function runShare(run: RestartRunDetail, left: number): number {
  if (run.state === 'done') return 1;
  const lines = runLines(run, left);
  const all = Math.max(run.in_flight.length, left);
  const done = lines.reduce((sum, line) => {
    if (line.state === 'done' || line.state === 'warned') return sum + 1;
    return line.state === 'now' && line.step === 'drained' && all > 0 ? sum + 1 - left / all : sum;
  }, 0);
  return lines.length === 0 ? 0 : done / lines.length;
}
