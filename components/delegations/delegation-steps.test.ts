import { describe, expect, it } from 'vitest';
import { shownDelegation } from './delegation.fixture.ts';
import { stepsOf } from './delegation-steps.tsx';

const says = (over: Parameters<typeof shownDelegation>[0]) => stepsOf(shownDelegation(over)).map((step) => `${step.at} ${step.says}`);

describe('stepsOf', () => {
  it('says where one is that has not begun', () => {
    expect(says({ status: 'queued', updated_at: 1_500 })).toEqual(['1000 Given', '1500 Waits: the target cannot take it now']);
  });

  it('ends with the agent while that works', () => {
    expect(says({ status: 'in_progress', started_at: 2_000, updated_at: 2_000 })).toEqual(['1000 Given', '2000 Handed to the agent']);
  });

  it('shows that one waits again after it was begun', () => {
    expect(says({ status: 'queued', started_at: 2_000, updated_at: 3_000 })).toEqual([
      '1000 Given',
      '2000 Handed to the agent',
      '3000 Waits: the target cannot take it now',
    ]);
  });

  it.each([
    ['completed', false, 'Completed'],
    ['failed', false, 'Failed'],
    ['failed', true, 'Cancelled'],
    ['expired', false, 'Expired'],
  ] as const)('ends as %s (by a person: %s) with “%s”', (status, cancelled, words) => {
    expect(says({ status, cancelled, started_at: 2_000, ended_at: 4_000, updated_at: 4_000 }).at(-1)).toBe(`4000 ${words}`);
  });
});
