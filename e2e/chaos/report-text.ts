import type { RestartRun, RestartRunDetail } from '#lib/contract/restarts.ts';
import { PROMISES, type Verdict } from './judge.ts';

export interface ChaosReport {
  seed: number;
  restarts: number;
  workspaces: number;
  /** How often each was killed. */
  kills: Record<string, number>;
  /** Kills that found nobody to kill, such as an agent without work. */
  missed: number;
  runs: readonly RestartRunDetail[];
  /** Workspaces that an operator had to start again by hand. */
  startedAgain: number;
  seconds: number;
  verdict: Verdict;
}

const SHOWN = 20;

export const brokenPromises = ({ verdict }: ChaosReport): number => PROMISES.filter((name) => verdict.broken[name].length > 0).length;

/** The table, and under it what broke which promise. */
export function reportText(report: ChaosReport): string {
  const { verdict, runs } = report;
  const runsIn = (state: RestartRun['state']): number => runs.filter((run) => run.state === state).length;
  const longest = runs.reduce<ChaosReport['runs'][number] | null>(
    (found, run) => (lasted(run) > (found ? lasted(found) : 0) ? run : found),
    null,
  );
  const saying = runs.flatMap((run) => run.restored?.session_resumed ?? []);
  const kills = Object.entries(report.kills).map(([who, times]) => `${who} ${times}`);
  const rows: [string, string | number][] = [
    ['restarts asked for', `${report.restarts} over ${report.workspaces} workspaces, in ${report.seconds} s, seed ${report.seed}`],
    ['kill -9', `${kills.join(', ') || 'none'} (${report.missed} found nothing to kill)`],
    ['runs done / cancelled / failed', `${runsIn('done')} / ${runsIn('cancelled')} / ${runsIn('failed')}`],
    ['  of them after a crash', runs.filter((run) => run.origin === 'crash').length],
    ['started again by hand', report.startedAgain],
    ['messages', verdict.sent],
    ['done exactly once', verdict.doneOnce],
    ['given again, marked', verdict.redelivered],
    ['failed by a killed agent, sent again', verdict.failedByKill],
    ['sessions resumed', `${verdict.resumed} of ${verdict.expectedToResume}`],
    ['runs that say their session came back', `${saying.filter(Boolean).length} of ${saying.length}`],
    ['longest run', longest === null ? 'none' : `${seconds(lasted(longest))}, ${stepsText(longest)}`],
    ['longest wait of a message for its agent', seconds(verdict.longestWaitMs)],
    ...PROMISES.map((name): [string, number] => [name, verdict.broken[name].length]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const table = rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`);
  const evidence = PROMISES.flatMap((name) => {
    const found = verdict.broken[name];
    if (found.length === 0) return [];
    return [
      '',
      `BROKEN: ${name}`,
      ...found.slice(0, SHOWN).map((one) => `  ${one}`),
      ...(found.length > SHOWN ? [`  and ${found.length - SHOWN} more`] : []),
    ];
  });
  const failures = runs.flatMap(({ id, workspace_name, failure }) =>
    failure === null ? [] : [`Failed run ${id} of ${workspace_name} at ${failure.step}: ${failure.why}`],
  );
  return [...table, ...failures, ...evidence].join('\n');
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const lasted = (run: RestartRun): number => (run.ended_at ?? run.requested_at) - run.requested_at;

/** Its id, and when it was where. */
function stepsText(run: RestartRunDetail): string {
  return `${run.kind} ${run.id}: ${run.steps.map(({ step, at }) => `${step} +${seconds(at - run.requested_at)}`).join(', ')}`;
}
