import type { Tone } from '#components/status/shown-tone.ts';
import { formatCount } from '#components/ui/format-count.ts';
import type { RunKind, RunOrigin, RunStep } from '#lib/contract/restart-steps.ts';
import type { RestartRun, RunQueue } from '#lib/contract/restarts.ts';

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
  settings: 'begun because its settings changed',
  address: 'begun because its address changed',
  message: 'begun because a message came',
};

/** Who or what began it: "asked for by Ada", "begun because its process ended". The name is given as it is. */
export function askedWords({ origin, actor }: Pick<RestartRun, 'origin' | 'actor'>): string {
  return actor.kind === 'platform' ? ASKED[origin] : `${ASKED[origin]} by ${actor.name}`;
}

/** "1 task", "1,204 tasks". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

/** What was saved and came back, in a few words. Empty: nothing, and nothing is missing yet. */
export function keptWords(run: Pick<RestartRun, 'snapshot_id' | 'restored' | 'unfinished' | 'ended_at'>): string {
  const parts: string[] = [];
  const { restored } = run;
  if (restored?.session_resumed === true) parts.push('session resumed');
  else if (restored?.session_resumed === false) parts.push('session not resumed');
  if (restored !== null && restored.transcript_lines > 0) parts.push(counted(restored.transcript_lines, 'line'));
  if (parts.length === 0 && run.snapshot_id !== null) parts.push('a snapshot');
  if (run.unfinished.length > 0) parts.push(`${counted(run.unfinished.length, 'task')} cut off`);
  if (parts.length === 0 && run.ended_at !== null) return 'nothing';
  return parts.join(', ');
}

/** How it went for the messages that it held back: "3 delivered, 1 waits". */
export function queueWords(queue: RunQueue): string {
  const parts: string[] = [];
  if (queue.delivered > 0) parts.push(`${formatCount(queue.delivered)} delivered`);
  if (queue.waiting > 0) parts.push(`${formatCount(queue.waiting)} ${queue.waiting === 1 ? 'waits' : 'wait'}`);
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
