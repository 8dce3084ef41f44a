'use client';

import { Countdown } from '#components/ui/countdown.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { useClock } from '#components/ui/use-clock.ts';
import { RUN_ENDS, type RunStep } from '#lib/contract/restart-steps.ts';
import type { RestartRunDetail, RunStamp } from '#lib/contract/restarts.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { sayStep } from '#lib/domain/say-step.ts';
import { RunShape } from './run-mark.tsx';
import { RUN_TONE, startsByItself } from './run-words.ts';

/** A past step of a run that goes on is done, whatever comes; the newest one wears the mark of the run. */
function stepMark({ step }: RunStamp, next: RunStamp | undefined): RunStep {
  if (next === undefined || step === 'deadline_passed') return step;
  // A start that is followed by another one, or by the end, did not succeed.
  return step === 'started' && (next.step === 'started' || next.step === 'failed') ? 'failed' : 'done';
}

/** The provisioner's own start after a crash makes no token. */
function stepWords(run: RestartRunDetail, { step, detail }: RunStamp): string {
  if (!startsByItself(run)) return sayStep(step, detail);
  if (step === 'stopped') return 'Its process ended';
  return step === 'started' ? `Started again (attempt ${Number(detail['attempt'] ?? 1)})` : sayStep(step, detail);
}

function Deadline({ at }: { at: number }) {
  const passed = useClock((now) => at <= now);
  return passed ? (
    <>the deadline has passed</>
  ) : (
    <>
      deadline in <Countdown at={at} />
    </>
  );
}

/** What happened, step by step, each with when and how long it lasted. */
export function RunSteps({ run }: { run: RestartRunDetail }) {
  return (
    <ol>
      {run.steps.map((stamp, i) => {
        const next = run.steps[i + 1];
        const newest = next === undefined;
        const mark = stepMark(stamp, next);
        const ended = RUN_ENDS.includes(stamp.step);
        return (
          <li
            key={`${stamp.step}-${stamp.at}`}
            data-tone={RUN_TONE[mark]}
            className="relative grid grid-cols-[0.75rem_minmax(0,1fr)_auto] items-baseline gap-x-3 py-1.5 text-sm"
          >
            <RunShape state={mark} />
            <span className={newest ? 'font-medium' : ''}>
              {stepWords(run, stamp)}
              {newest && stamp.step === 'draining' && run.in_flight.length > 0 && (
                <span className="font-normal text-soft">
                  : {run.still_in_flight.length} of {run.in_flight.length} left
                </span>
              )}
              {newest && !ended && run.deadline_at !== null && (stamp.step === 'draining' || stamp.step === 'signalled') && (
                <span className="block text-xs font-normal text-faint">
                  <Deadline at={run.deadline_at} />
                </span>
              )}
            </span>
            <span className="flex text-right text-xs text-faint">
              <span className="text-soft">
                <LocalTime at={stamp.at} />
              </span>
              <span className="w-16">{!ended && <Lasted from={stamp.at} to={next?.at ?? run.ended_at} />}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Nothing for a moment: a step that took no time has no length worth reading. */
function Lasted({ from, to }: { from: number; to: number | null }) {
  const text = useClock((now) => ((to ?? now) - from < 1000 ? '' : formatAge((to ?? now) - from)));
  return <>{text}</>;
}
