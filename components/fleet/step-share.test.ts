import { expect, it } from 'vitest';
import { RUN_STEPS } from '#lib/contract/restart-steps.ts';
import { stepShare } from './step-share.ts';

it.each(['restart', 'pause', 'resume', 'drain'] as const)('a %s never goes back from step to step, and ends whole', (kind) => {
  const shares = RUN_STEPS.filter((step) => step !== 'cancelled' && step !== 'failed').map((step) => stepShare(kind, step));
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares[0]).toBe(0);
  expect(shares.at(-1)).toBe(1);
});

it('counts only the half that a pause or a resume takes', () => {
  expect(stepShare('pause', 'stopped')).toBe(1);
  expect(stepShare('resume', 'stopped')).toBe(0);
  expect(stepShare('drain', 'snapshot_saved')).toBe(1);
});
