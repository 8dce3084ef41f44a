import { expect, test } from 'vitest';
import { RUN_STEPS, type RunStep } from '#lib/contract/restart-steps.ts';
import { SIGNAL_OUTCOMES } from '#lib/contract/restarts.ts';
import { sayStep } from './say-step.ts';

test('every step has its words, none those of another', () => {
  const said = RUN_STEPS.map((step) => sayStep(step, {}));
  expect(new Set(said).size).toBe(RUN_STEPS.length);
  for (const words of said) expect(words).toMatch(/^[A-Z][^.]+$/);
});

test('what became of the signal is told, and what follows from it', () => {
  for (const outcome of SIGNAL_OUTCOMES) {
    const says = sayStep('signalled', { outcome });
    expect(says).toMatch(outcome === 'acknowledged' ? /^Signal acknowledged$/ : /: watching its tasks instead$/);
  }
  expect(new Set(SIGNAL_OUTCOMES.map((outcome) => sayStep('signalled', { outcome }))).size).toBe(SIGNAL_OUTCOMES.length);
});

test.each<[RunStep, Record<string, unknown>, string]>([
  ['drained', { how: 'said' }, 'Drained: it says that nothing is at work'],
  ['drained', { how: 'no_tasks' }, 'Drained: it shows no task'],
  ['drained', { how: 'process_ended' }, 'Its process ended before it was drained'],
  ['drained', { how: 'new_process' }, 'A new process took its place before it was drained'],
  ['drained', { how: 'not_running' }, 'Nothing was running'],
  ['drained', { how: 'of tomorrow' }, 'Drained'],
  ['deadline_passed', { how: 'deadline' }, 'The deadline passed: what was at work is cut off'],
  ['deadline_passed', { how: 'forced' }, 'Forced: what was at work is cut off'],
  ['deadline_passed', { how: 'silent' }, 'It fell silent while it drained'],
  ['deadline_passed', { how: 'not_heard' }, 'Not drained: it beats at an address that Canvas has left'],
  ['snapshot_saved', { saved: true }, 'Snapshot saved'],
  ['snapshot_saved', { saved: false }, 'No snapshot could be had'],
  ['started', { attempt: 1 }, 'Started with a fresh token'],
  ['started', { attempt: 2 }, 'Started again (attempt 2)'],
  ['restored', { confirmed: true }, 'Restored'],
  ['restored', { confirmed: false }, 'Back; it cannot show what it restored'],
])('%s %j', (step, detail, says) => expect(sayStep(step, detail)).toBe(says));
