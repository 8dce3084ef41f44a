import { expect, test } from 'vitest';
import { chaosPlan, type Dice, VICTIMS } from './plan.ts';

function dice(seed: number): Dice {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  return { below, pick: (from) => from[below(from.length)] as (typeof from)[number] };
}

test('the same seed is the same plan, another one is another', () => {
  const size = { restarts: 200, workspaces: 20 };
  expect(chaosPlan(dice(7), size)).toEqual(chaosPlan(dice(7), size));
  expect(chaosPlan(dice(7), size)).not.toEqual(chaosPlan(dice(8), size));
});

test('200 restarts over 20 workspaces hold every victim at every step, each manner of asking and every workspace', () => {
  const plan = chaosPlan(dice(7), { restarts: 200, workspaces: 20 });
  expect(new Set(plan.map((one) => one.workspace)).size).toBe(20);
  expect(new Set(plan.map((one) => one.kill.victim))).toEqual(new Set(VICTIMS));
  for (const step of ['requested', 'draining', 'stopped', 'started', 'online', 'done'] as const)
    expect(plan.some((one) => one.kill.step === step && one.kill.victim !== 'nobody')).toBe(true);
  for (const has of [
    (one: (typeof plan)[number]) => one.force,
    (one: (typeof plan)[number]) => one.forceAt !== null,
    (one: (typeof plan)[number]) => one.cancelAt !== null,
    (one: (typeof plan)[number]) => one.deadlineSeconds === 1,
    (one: (typeof plan)[number]) => one.kind === 'pause' && one.kill.half === 1,
  ])
    expect(plan.some(has)).toBe(true);
});
