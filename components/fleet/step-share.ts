import type { RunKind, RunStep } from '#lib/contract/restart-steps.ts';

const PATH: readonly RunStep[] = ['signalled', 'drained', 'snapshot_saved', 'stopped', 'started', 'online', 'restored', 'done'];
const FROM: Partial<Record<RunKind, RunStep>> = { resume: 'started' };
const TO: Partial<Record<RunKind, RunStep>> = { pause: 'stopped', drain: 'snapshot_saved' };
/** Steps that stand for one in the path. */
const AS: Partial<Record<RunStep, RunStep>> = { draining: 'signalled', deadline_passed: 'drained' };

/** How far a run is by its state alone, 0…1: whole steps of the way that its kind takes. */
export function stepShare(kind: RunKind, state: RunStep): number {
  const from = PATH.indexOf(FROM[kind] ?? 'signalled');
  const to = PATH.indexOf(TO[kind] ?? 'done');
  const at = PATH.indexOf(AS[state] ?? state);
  return Math.min(1, Math.max(0, at - from + 1) / (to - from + 1));
}
