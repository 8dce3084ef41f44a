import { RUN_STEPS, type RunStep } from '#lib/contract/restart-steps.ts';

/** Where chance comes from: the same numbers for the same seed. */
export interface Dice {
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
}

export const VICTIMS = ['runtime', 'agent', 'platform', 'nobody'] as const;
export type Victim = (typeof VICTIMS)[number];

/** One restart as it is asked for, and what befalls it. */
export interface PlannedRestart {
  number: number;
  /** Index of the workspace. */
  workspace: number;
  /** `pause`: a pause, a while, and a resume. */
  kind: 'restart' | 'pause';
  deadlineSeconds: number;
  force: boolean;
  /** It is forced, or cancelled, when its run gets here; null: it is not. */
  forceAt: RunStep | null;
  cancelAt: RunStep | null;
  pausedMs: number;
  /** `half`: 1 is the resume of a pause. `step`: `done` is when the run is over. */
  kill: { victim: Victim; half: 0 | 1; step: RunStep; delayMs: number };
}

const KILL_STEPS = RUN_STEPS.filter((step) => !['deadline_passed', 'cancelled', 'failed'].includes(step));
const RESUME_STEPS: readonly RunStep[] = ['requested', 'started', 'online', 'restored', 'done'];
const EARLY_STEPS: readonly RunStep[] = ['requested', 'signalled', 'draining', 'drained'];

/** One in eight is forced, one in eight is cancelled, one in four has a deadline of a second, one in six is a pause. */
export function chaosPlan(dice: Dice, options: { restarts: number; workspaces: number }): PlannedRestart[] {
  return Array.from({ length: options.restarts }, (_, index) => {
    const kind = dice.below(6) === 0 ? ('pause' as const) : ('restart' as const);
    const manner = dice.below(8);
    const early = dice.pick(EARLY_STEPS);
    const atOnce = dice.below(2) === 0;
    const half = kind === 'pause' && dice.below(2) === 0 ? 1 : 0;
    return {
      number: index + 1,
      // Everybody's turn comes; whose comes when, is chance.
      workspace: index < options.workspaces ? index : dice.below(options.workspaces),
      kind,
      deadlineSeconds: dice.below(4) === 0 ? 1 : 20,
      force: manner === 0 && atOnce,
      forceAt: manner === 0 && !atOnce ? early : null,
      cancelAt: manner === 1 ? early : null,
      pausedMs: dice.below(3000),
      kill: {
        victim: dice.pick(VICTIMS),
        half,
        step: dice.pick(half === 1 ? RESUME_STEPS : KILL_STEPS),
        delayMs: dice.below(300),
      },
    };
  });
}

/** A line about it for people. */
export function planText(plan: PlannedRestart): string {
  const manner = plan.force
    ? ', forced'
    : plan.forceAt
      ? `, forced at ${plan.forceAt}`
      : plan.cancelAt
        ? `, cancelled at ${plan.cancelAt}`
        : '';
  const { victim, half, step } = plan.kill;
  const kill = victim === 'nobody' ? 'nobody is killed' : `kill the ${victim} at ${step}${half === 1 ? ' of the resume' : ''}`;
  return `${plan.kind} ${plan.number} of workspace ${plan.workspace}, ${plan.deadlineSeconds} s${manner}: ${kill}`;
}
