import type { RunStep } from '#lib/contract/restart-steps.ts';

const SAYS: Record<RunStep, string> = {
  requested: 'Asked for',
  signalled: 'Signalled',
  draining: 'Draining',
  drained: 'Drained',
  deadline_passed: 'Not waited for any longer',
  snapshot_saved: 'Snapshot saved',
  stopped: 'Stopped',
  started: 'Started with a fresh token',
  online: 'First beat of the new process',
  restored: 'Restored',
  done: 'Done',
  cancelled: 'Cancelled',
  failed: 'Failed',
};

const OUTCOME: Record<string, string> = {
  acknowledged: 'Signal acknowledged',
  not_supported: 'It does not know the drain signal: watching its tasks instead',
  refused: 'It refused the drain signal: watching its tasks instead',
  unreachable: 'It could not be reached: watching its tasks instead',
  timed_out: 'It did not answer the drain signal: watching its tasks instead',
  bad_answer: 'It did not understand the drain signal: watching its tasks instead',
  no_address: 'It has no address: watching its tasks instead',
};

const DRAINED: Record<string, string> = {
  said: 'Drained: it says that nothing is at work',
  no_tasks: 'Drained: it shows no task',
  process_ended: 'Its process ended before it was drained',
  new_process: 'A new process took its place before it was drained',
  not_running: 'Nothing was running',
};

const PASSED: Record<string, string> = {
  deadline: 'The deadline passed: what was at work is cut off',
  forced: 'Forced: what was at work is cut off',
  silent: 'It fell silent while it drained',
  not_heard: 'Not drained: it beats at an address that Canvas has left',
};

/** A step in words, for the ledger, the page and the command line. */
export function sayStep(step: RunStep, detail: Record<string, unknown>): string {
  const how = String(detail['how'] ?? '');
  if (step === 'signalled') return OUTCOME[String(detail['outcome'])] ?? SAYS.signalled;
  if (step === 'drained') return DRAINED[how] ?? SAYS.drained;
  if (step === 'deadline_passed') return PASSED[how] ?? SAYS.deadline_passed;
  if (step === 'snapshot_saved' && detail['saved'] === false) return 'No snapshot could be had';
  if (step === 'restored' && detail['confirmed'] === false) return 'Back; it cannot show what it restored';
  if (step === 'started' && Number(detail['attempt'] ?? 1) > 1) return `Started again (attempt ${detail['attempt']})`;
  return SAYS[step];
}
