import { StatusShape } from '#components/status/status-shape.tsx';
import type { DelegationState, ShownDelegation } from '#lib/contract/delegations.ts';
import { DELEGATION_SHAPE, DELEGATION_TONE, stateWords } from './delegation-words.ts';

/** Twelve units square; told apart without colour. */
export function DelegationShape({ state }: { state: DelegationState }) {
  if (state !== 'completed') return <StatusShape state={DELEGATION_SHAPE[state]} />;
  return (
    <svg className="size-[11px] flex-none fill-none stroke-tone stroke-[1.8]" viewBox="0 0 12 12" aria-hidden="true">
      <path d="m1.2 6.6 3 3L10.8 2.6" />
    </svg>
  );
}

/** Where a delegation is: colour, shape and word. */
export function DelegationMark({ delegation }: { delegation: Pick<ShownDelegation, 'status' | 'cancelled' | 'stuck'> }) {
  const stuck = delegation.stuck !== null;
  return (
    <span
      data-tone={stuck ? 'bad' : DELEGATION_TONE[delegation.status]}
      className="inline-flex flex-none items-center gap-1.5 text-xs font-medium text-tone"
    >
      {stuck ? <StatusShape state="wedged" /> : <DelegationShape state={delegation.status} />}
      {stuck ? `Stuck · ${stateWords(delegation).toLowerCase()}` : stateWords(delegation)}
    </span>
  );
}
