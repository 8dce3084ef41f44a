import { setTimeout as delay } from 'node:timers/promises';
import { RUN_STEPS, type RunStep } from '#lib/contract/restart-steps.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import type { PlannedRestart } from './plan.ts';
import type { SteadyClient } from './steady-client.ts';

export interface RestartPlace {
  client: SteadyClient;
  /** Id of the workspace. */
  id: string;
  /** Kills what the plan says; answers what it was in words, null when there was nothing to kill. */
  kill(): Promise<string | null>;
}

export interface RestartOutcome {
  /** What was killed, and the newest step that was seen by then; null: nobody was. */
  killed: { what: string; at: string } | null;
  /** The runs that were asked for, or joined. */
  runs: string[];
  /** Runs that did not end in the time that is long enough for all of them. */
  stuck: string[];
}

const LOOK_MS = 50;
const RUN_MS = 180_000;
const ASK_MS = 60_000;
const ENDED: readonly RunStep[] = ['done', 'cancelled', 'failed'];

/** Asks for one restart as planned, follows its run to its end and does to it what the plan says. */
export async function carryOut(plan: PlannedRestart, place: RestartPlace): Promise<RestartOutcome> {
  const outcome: RestartOutcome = { killed: null, runs: [], stuck: [] };
  let killing: Promise<void> | null = null;
  let seen = 'requested';
  const kill = (): void => {
    if (plan.kill.victim === 'nobody') return;
    killing ??= (async () => {
      await delay(plan.kill.delayMs);
      const what = await place.kill();
      if (what !== null) outcome.killed = { what, at: seen };
    })();
  };
  const first = await follow(await ask(place, plan.kind, plan), 0);
  if (plan.kind === 'pause' && first?.state === 'done') {
    await delay(plan.pausedMs);
    await follow(await ask(place, 'resume', plan), 1);
  }
  // Its step never came, such as one behind a cancel.
  kill();
  await killing;
  return outcome;

  async function follow(run: RestartRunDetail | null, half: 0 | 1): Promise<RestartRunDetail | null> {
    if (run === null) return null;
    outcome.runs.push(run.id);
    let cancelled = half === 1 || plan.cancelAt === null;
    let forced = half === 1 || plan.forceAt === null;
    for (const giveUpAt = Date.now() + RUN_MS; Date.now() < giveUpAt; await delay(LOOK_MS)) {
      const now = await place.client.get<RestartRunDetail>(`/restarts/${run.id}`);
      seen = now.state;
      const at = (step: RunStep | null): boolean => step !== null && reached(now, step);
      if (half === plan.kill.half && at(plan.kill.step)) kill();
      if (!cancelled && at(plan.cancelAt)) cancelled = await choose(run.id, 'cancel');
      if (!forced && at(plan.forceAt)) forced = await choose(run.id, 'force');
      if (ENDED.includes(now.state)) return now;
    }
    outcome.stuck.push(run.id);
    return null;
  }

  /** It may be too late for it: then it is refused. */
  async function choose(run: string, what: 'cancel' | 'force'): Promise<true> {
    const { status, body } = await place.client.call('POST', `/restarts/${run}/${what}`);
    if (status === 202 || status === 409) return true;
    throw new Error(`${what} of run ${run} answered ${status}: ${JSON.stringify(body)}`);
  }
}

const reached = (run: RestartRunDetail, step: RunStep): boolean => RUN_STEPS.indexOf(run.state) >= RUN_STEPS.indexOf(step);

/** Null: there is nothing to do, as when somebody resumed it before. */
async function ask(place: RestartPlace, kind: 'restart' | 'pause' | 'resume', plan: PlannedRestart): Promise<RestartRunDetail | null> {
  const { deadlineSeconds: deadline_seconds, force } = plan;
  const reason = `Chaos ${plan.number}`;
  const body = kind === 'resume' ? { reason } : { reason, deadline_seconds, force };
  const giveUpAt = Date.now() + ASK_MS;
  for (;;) {
    const reply = await place.client.call<RestartRunDetail>('POST', `/workspaces/${place.id}/${kind}`, { body });
    if (reply.status === 202) return reply.body;
    // Another run has it, such as one of a crash.
    if (reply.status !== 409) throw new Error(`${kind} of ${place.id} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    if (kind === 'resume' || Date.now() > giveUpAt) return null;
    await delay(250);
  }
}
