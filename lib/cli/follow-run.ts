import { setTimeout as delay } from 'node:timers/promises';
import { errorCodeOf, RETRYABLE } from '#lib/contract/errors.ts';
import { RUN_ENDS } from '#lib/contract/restart-steps.ts';
import type { RestartRunDetail, RunStamp } from '#lib/contract/restarts.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { sayStep } from '#lib/domain/say-step.ts';
import type { CanvasApi } from './canvas-api.ts';
import { plainText, shortText } from './plain-text.ts';

const LOOK_EVERY_MS = 1000;
/** A platform that is itself restarted is away for less. */
const AWAY_MS = 120_000;
const TITLE_WIDTH = 60;

/**
 * Says each step of a run once, with its time, and what it waits for whenever that changes, until the run has ended; answers the run as it then is. A Canvas that
 * does not answer meanwhile is waited for, two minutes at most; then it rejects with that refusal.
 */
export async function followRun(api: CanvasApi, begun: RestartRunDetail, say: (line: string) => void): Promise<RestartRunDetail> {
  let run = begun;
  let said = 0;
  let waitsFor = '';
  let awaySince: number | null = null;
  for (;;) {
    for (const stamp of run.steps.slice(said)) say(`${timeOf(stamp.at)}  ${stepText(stamp, run)}`);
    said = run.steps.length;
    if (RUN_ENDS.includes(run.state)) return run;
    if (run.waits_for !== waitsFor && run.waits_for !== '') say(`${timeOf(Date.now())}  Waiting: ${plainText(run.waits_for)}`);
    waitsFor = run.waits_for;
    await delay(LOOK_EVERY_MS);
    try {
      run = await api.get<RestartRunDetail>(`/restarts/${run.id}`);
      awaySince = null;
    } catch (thrown) {
      if (!RETRYABLE[errorCodeOf(thrown)]) throw thrown;
      if (awaySince === null) say(`${timeOf(Date.now())}  ${(thrown as Error).message} Still trying.`);
      awaySince ??= Date.now();
      if (Date.now() - awaySince > AWAY_MS) throw thrown;
    }
  }
}

/** How it went, for a person. */
export function endText(run: RestartRunDetail): string[] {
  const took = formatAge((run.ended_at ?? run.requested_at) - run.requested_at);
  if (run.state === 'cancelled') return [`Cancelled after ${took}.`];
  if (run.state === 'failed') {
    const output = run.failure?.output.split('\n').filter((line) => line.trim() !== '') ?? [];
    return [
      `Failed after ${took}: ${plainText(run.failure?.why ?? 'no reason is known')}`,
      ...output.map((line) => `  ${plainText(line)}`),
    ];
  }
  const { restored, queue, unfinished } = run;
  const facts = [
    restored === null ? '' : restored.session_resumed ? 'session resumed' : plainText(restored.why),
    queue.delivered > 0 ? `${queue.delivered} delivered` : '',
    queue.waiting > 0 ? `${queue.waiting} still waiting` : '',
    queue.failed > 0 ? `${queue.failed} not delivered` : '',
    unfinished.length > 0 ? `${unfinished.length} cut off` : '',
  ].filter((fact) => fact !== '');
  return [`Done in ${took}${facts.length > 0 ? `: ${facts.join(', ')}` : ''}.`];
}

function stepText({ step, detail }: RunStamp, run: RestartRunDetail): string {
  const says = plainText(sayStep(step, detail));
  const work = run.still_in_flight.length > 0 ? run.still_in_flight : run.in_flight;
  if (step !== 'draining' || work.length === 0) return says;
  return `${says}: ${work.map(({ id, summary }) => shortText(summary ?? id, TITLE_WIDTH)).join('; ')}`;
}

function timeOf(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
