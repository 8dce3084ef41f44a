import { setTimeout as delay } from 'node:timers/promises';
import type { RestartOutcome } from './one-restart.ts';
import { type PlannedRestart, planText } from './plan.ts';

/** Carries out the plan, some restarts at once; each workspace is in one at a time, in the order of the plan. */
export async function carryOutAll(
  plan: readonly PlannedRestart[],
  options: { atOnce: number; carryOut: (one: PlannedRestart) => Promise<RestartOutcome>; say: (line: string) => void; ending: AbortSignal },
): Promise<RestartOutcome[]> {
  const outcomes: RestartOutcome[] = [];
  const left = [...plan];
  const busy = new Set<number>();
  const worker = async (): Promise<void> => {
    while (left.length > 0 && !options.ending.aborted) {
      const next = left.findIndex(({ workspace }) => !busy.has(workspace));
      const [one] = next < 0 ? [] : left.splice(next, 1);
      if (one === undefined) {
        await delay(50);
        continue;
      }
      busy.add(one.workspace);
      const outcome = await options.carryOut(one);
      busy.delete(one.workspace);
      outcomes[one.number - 1] = outcome;
      const killed = outcome.killed ? `${outcome.killed.what} killed at ${outcome.killed.at}` : 'nobody killed';
      options.say(`${planText(one)}: ${killed}; runs ${outcome.runs.join(', ')}`);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, worker));
  return outcomes;
}

/** How often each was killed, and how often there was nothing to kill. */
export function killsOf(
  plan: readonly PlannedRestart[],
  outcomes: readonly RestartOutcome[],
): { kills: Record<string, number>; missed: number } {
  const kills: Record<string, number> = {};
  let missed = 0;
  plan.forEach(({ kill: { victim } }, index) => {
    if (victim === 'nobody') return;
    if (outcomes[index]?.killed) kills[victim] = (kills[victim] ?? 0) + 1;
    else missed += 1;
  });
  return { kills, missed };
}
