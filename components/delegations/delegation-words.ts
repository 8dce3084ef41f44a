import type { Tone } from '#components/status/shown-tone.ts';
import type { DelegationState, ShownDelegation } from '#lib/contract/delegations.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';

export const DELEGATION_LABEL: Record<DelegationState, string> = {
  pending: 'Accepted',
  dispatched: 'Sent',
  queued: 'Waits',
  in_progress: 'At work',
  completed: 'Completed',
  failed: 'Failed',
  expired: 'Expired',
};

export const DELEGATION_TONE: Record<DelegationState, Tone> = {
  pending: 'off',
  dispatched: 'drain',
  queued: 'warn',
  in_progress: 'drain',
  completed: 'ok',
  failed: 'bad',
  expired: 'bad',
};

/** The shapes that statuses have, as far as they say the same here; a completed one has a tick of its own. */
export const DELEGATION_SHAPE: Record<Exclude<DelegationState, 'completed'>, ShownState> = {
  pending: 'awaiting_agent',
  dispatched: 'provisioning',
  queued: 'late',
  in_progress: 'draining',
  failed: 'failed',
  expired: 'offline',
};

export function hasEnded(state: DelegationState): boolean {
  return state === 'completed' || state === 'failed' || state === 'expired';
}

/** What the state is called; one that a person ended says so. */
export function stateWords({ status, cancelled }: Pick<ShownDelegation, 'status' | 'cancelled'>): string {
  return cancelled && status === 'failed' ? 'Cancelled' : DELEGATION_LABEL[status];
}

/** A name to show; a workspace that was removed before names were kept has none. */
export function nameOr(name: string, id: string): string {
  return name.trim() === '' ? id : name;
}

/** The line below the summary: why it failed, else the beginning of the result. Empty: there is neither. */
export function outcomeText({ error, response_preview }: Pick<ShownDelegation, 'error' | 'response_preview'>): string {
  return error !== '' ? error : response_preview;
}
