import type { Tone } from '#components/status/shown-tone.ts';
import { formatCount } from '#components/ui/format-count.ts';
import type { RunKind, RunOrigin, RunStep } from '#lib/contract/restart-steps.ts';
import type { RestartRun, RestartRunDetail, RunQueue } from '#lib/contract/restarts.ts';

export const RUN_KIND_LABEL: Record<RunKind, string> = { restart: 'Restart', pause: 'Pause', resume: 'Resume', drain: 'Drain' };

/** Where a run is, in a word or two. */
export const RUN_STATE_LABEL: Record<RunStep, string> = {
  requested: 'Asked for',
  signalled: 'Signalled',
  draining: 'Draining',
  drained: 'Drained',
  deadline_passed: 'Deadline passed',
  snapshot_saved: 'Saved',
  stopped: 'Stopped',
  started: 'Starting',
  online: 'Online again',
  restored: 'Restored',
  done: 'Done',
  cancelled: 'Cancelled',
  failed: 'Failed',
};

export const RUN_TONE: Record<RunStep, Tone> = {
  requested: 'drain',
  signalled: 'drain',
  draining: 'drain',
  drained: 'drain',
  deadline_passed: 'warn',
  snapshot_saved: 'drain',
  stopped: 'drain',
  started: 'drain',
  online: 'drain',
  restored: 'drain',
  done: 'ok',
  cancelled: 'off',
  failed: 'bad',
};

const ASKED: Record<RunOrigin, string> = {
  request: 'asked for',
  bulk: 'asked for with many others',
  crash: 'begun because its process ended',
  comeback: 'begun because Canvas came back and it did not run',
  settings: 'begun because its settings changed',
  address: 'begun because its address changed',
  message: 'begun because a message came',
};

/** Who or what began it: "asked for by Ada", "begun because its process ended". The name is given as it is. */
export function askedWords({ origin, actor }: Pick<RestartRun, 'origin' | 'actor'>): string {
  return actor.kind === 'platform' ? ASKED[origin] : `${ASKED[origin]} by ${actor.name}`;
}

/** Who or what began it, and why: `asked for by Ada: “stuck”`. A crash is told by its own reason alone. */
export function askedAndWhy(run: Pick<RestartRun, 'origin' | 'actor' | 'reason'>): string {
  if (run.reason === null || run.reason === '') return askedWords(run);
  return run.origin === 'crash' ? run.reason : `${askedWords(run)}: “${run.reason}”`;
}

/** "1 task", "1,204 tasks". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

/** What was saved and came back, in a few words. Empty: nothing, and nothing is missing yet. */
export function keptWords(run: Pick<RestartRun, 'kind' | 'origin' | 'snapshot_id' | 'restored' | 'unfinished' | 'ended_at'>): string {
  const parts: string[] = [];
  const { restored } = run;
  if (restored?.session_resumed === true) parts.push('session resumed');
  else if (restored?.session_resumed === false) parts.push('session not resumed');
  if (restored !== null && restored.transcript_lines > 0) parts.push(counted(restored.transcript_lines, 'line'));
  if (parts.length === 0 && restored !== null && restored.completed_messages > 0)
    parts.push(`${counted(restored.completed_messages, 'message')} known as done`);
  if (parts.length === 0 && run.snapshot_id !== null) parts.push('a snapshot');
  if (run.unfinished.length > 0) parts.push(`${counted(run.unfinished.length, 'task')} cut off`);
  if (parts.length === 0 && run.ended_at !== null && run.restored === null && drainsFirst(run)) return 'nothing';
  return parts.join(', ');
}

/** Whether it began with a process whose work could be waited for and saved. */
export function drainsFirst({ kind, origin }: Pick<RestartRun, 'kind' | 'origin'>): boolean {
  return kind !== 'resume' && origin !== 'crash';
}

/** Whether the provisioner starts it by itself after a crash, with the token that it has. */
export function startsByItself({ kind, origin }: Pick<RestartRun, 'kind' | 'origin'>): boolean {
  return kind === 'restart' && origin === 'crash';
}

/** What became of the tasks in flight of a run that is over: "2 tasks finished", "1 task cut off". Empty: not known, or none. */
export function taskWords({ state, in_flight, unfinished, steps }: RestartRunDetail): string {
  const passed = steps.find(({ step }) => step === 'deadline_passed');
  const cut = Math.max(unfinished.length, passed ? Number(passed.detail['active_tasks'] ?? 0) : 0);
  const waited = passed !== undefined || steps.some(({ step }) => step === 'drained');
  const finished = passed && cut === 0 ? 0 : Math.max(0, in_flight.length - cut);
  return [
    waited && state !== 'cancelled' && finished > 0 ? `${counted(finished, 'task')} finished` : '',
    cut > 0 ? `${counted(cut, 'task')} cut off` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** How it went for the messages that it held back: "3 delivered, 1 waiting". */
export function queueWords(queue: RunQueue): string {
  const parts: string[] = [];
  if (queue.delivered > 0) parts.push(`${formatCount(queue.delivered)} delivered`);
  if (queue.waiting > 0) parts.push(`${formatCount(queue.waiting)} waiting`);
  if (queue.failed > 0) parts.push(`${formatCount(queue.failed)} failed`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** "15 min", "no limit", "not at all". */
export function deadlineWords(seconds: number | null): string {
  if (seconds === null) return 'as long as it takes';
  if (seconds === 0) return 'not at all';
  if (seconds % 3600 === 0) return seconds === 3600 ? '60 min' : `${formatCount(seconds / 3600)} h`;
  return seconds % 60 === 0 ? `${formatCount(seconds / 60)} min` : `${formatCount(seconds)} s`;
}
