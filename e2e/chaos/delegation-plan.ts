import type { Dice } from './plan.ts';

/** One delegation as it is given, and who is killed while it is under way. */
export interface PlannedDelegation {
  number: number;
  /** Indexes of workspaces. */
  source: number;
  target: number;
  takesMs: number;
  /** Before the next one is given. */
  pauseMs: number;
  kill: { victim: 'platform' | 'source' | 'target'; delayMs: number } | null;
}

const VICTIMS = ['platform', 'source', 'target'] as const;

/** One in `killEvery` has a kill, at a random moment around its life. */
export function delegationPlan(dice: Dice, options: { delegations: number; workspaces: number; killEvery: number }): PlannedDelegation[] {
  return Array.from({ length: options.delegations }, (_, index) => {
    const source = dice.below(options.workspaces);
    const target = (source + 1 + dice.below(options.workspaces - 1)) % options.workspaces;
    const takesMs = dice.below(600);
    const victim = dice.pick(VICTIMS);
    const kill = { victim, delayMs: dice.below(1500) };
    return {
      number: index + 1,
      source,
      target,
      takesMs,
      pauseMs: 100 + dice.below(200),
      kill: index % options.killEvery === options.killEvery - 1 ? kill : null,
    };
  });
}
