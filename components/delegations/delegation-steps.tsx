'use client';

import { Countdown } from '#components/ui/countdown.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { useClock } from '#components/ui/use-clock.ts';
import type { DelegationState, ShownDelegation } from '#lib/contract/delegations.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { DelegationShape } from './delegation-mark.tsx';
import { DELEGATION_TONE, hasEnded, stateWords } from './delegation-words.ts';

interface Step {
  state: DelegationState;
  says: string;
  at: number;
}

const OPEN_WORDS: Partial<Record<DelegationState, string>> = {
  pending: 'Accepted: its turn in the target’s queue comes next',
  dispatched: 'In the target’s queue',
  queued: 'Waits: the target cannot take it now',
};

/** What is known of its way, in order: given, handed over, ended; between them where it is now. */
export function stepsOf(delegation: ShownDelegation): Step[] {
  const { status, created_at, started_at, ended_at, updated_at } = delegation;
  const steps: Step[] = [{ state: 'completed', says: 'Given', at: created_at }];
  const now = OPEN_WORDS[status];
  if (started_at !== null)
    steps.push({ state: hasEnded(status) || now !== undefined ? 'completed' : 'in_progress', says: 'Handed to the agent', at: started_at });
  if (now !== undefined) steps.push({ state: status, says: now, at: Math.max(updated_at, created_at) });
  if (hasEnded(status)) steps.push({ state: status, says: stateWords(delegation), at: ended_at ?? updated_at });
  return steps;
}

/** Its states, each with when and how long it lasted. */
export function DelegationSteps({ delegation }: { delegation: ShownDelegation }) {
  const steps = stepsOf(delegation);
  return (
    <ol>
      {steps.map((step, i) => (
        <li
          key={`${step.says}-${step.at}`}
          data-tone={DELEGATION_TONE[step.state]}
          className="grid grid-cols-[0.75rem_minmax(0,1fr)_auto] items-baseline gap-x-3 py-1.5 text-sm"
        >
          <DelegationShape state={step.state} />
          <span className={i === steps.length - 1 ? 'font-medium' : ''}>
            {step.says}
            {i === steps.length - 1 && delegation.ended_at === null && (
              <span className="block text-xs font-normal text-faint">
                expires in <Countdown at={delegation.expires_at} />
              </span>
            )}
          </span>
          <span className="flex text-right text-xs text-faint">
            <span className="text-soft">
              <LocalTime at={step.at} />
            </span>
            <span className="w-16">
              {!(hasEnded(delegation.status) && i === steps.length - 1) && <Lasted from={step.at} to={steps[i + 1]?.at ?? null} />}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Nothing for a moment: what took no time has no length worth reading. */
function Lasted({ from, to }: { from: number; to: number | null }) {
  return <>{useClock((now) => ((to ?? now) - from < 1000 ? '' : formatAge((to ?? now) - from)))}</>;
}
