import type { DelegationState, StuckDelegation } from '#lib/contract/delegations.ts';
import type { WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import { formatAge } from './duration-text.ts';

/** So long a delegation may wait, or be with an agent that says it has no task, before a person should look. */
export const STUCK_AFTER_MS = 2 * 60_000;

/** What is known of the workspace that was asked; null: it was removed. */
export type TargetFacts = {
  name: string;
  status: WorkspaceStatus;
  wedged: boolean;
  token_rejected: boolean;
  /** Tasks at work, as its runtime last said; null: it never said. */
  active_tasks: number | null;
  /** Its agent was asked for this very one, and said that it goes on. */
  follows?: boolean;
} | null;

const OUT: Partial<Record<WorkspaceStatus, string>> = {
  offline: 'is offline',
  awaiting_agent: 'has no agent connected',
  failed: 'did not start',
  paused: 'is paused',
  removed: 'was removed',
};

const BACK_SOON: Partial<Record<WorkspaceStatus, string>> = {
  provisioning: 'is starting',
  draining: 'finishes its work and takes nothing new',
  restarting: 'is being restarted',
};

/**
 * Why an open delegation needs a person; null: it goes its way. `since`: when its state began. A target that is being
 * restarted or starts comes back by itself, so waiting for it is no reason. `why`: what it last met.
 */
export function stuckOf(
  { status, since, why }: { status: DelegationState; since: number; why: string },
  target: TargetFacts,
  now: number,
): StuckDelegation | null {
  const waits = isWaiting(status);
  const atWork = status === 'in_progress';
  if ((!waits && !atWork) || now - since <= STUCK_AFTER_MS) return null;
  const age = formatAge(now - since);
  if (!target) return { why: 'The workspace that was asked was removed.', advice: ['cancel'] };
  const { name } = target;
  const trouble = troubleOf(target);
  if (waits && trouble) {
    return { why: `It has waited for ${age}: ${name} ${trouble}.`, advice: ['open_target', 'cancel'] };
  }
  // Its target's queue takes it in a moment, or does not at all.
  if (status === 'pending' && BACK_SOON[target.status] === undefined) {
    const met = why === '' ? 'it is not in the queue of its target yet' : `${why.charAt(0).toLowerCase()}${why.slice(1)}`;
    return { why: `It has waited for ${age}: ${met}.`, advice: ['open_target', 'cancel'] };
  }
  if (atWork && trouble) return { why: `It has been with ${name} for ${age}, and ${name} ${trouble}.`, advice: ['open_target', 'cancel'] };
  if (atWork && target.active_tasks === 0 && target.follows !== true) {
    return { why: `It has been with ${name} for ${age}, and ${name} says that it works on nothing.`, advice: ['open_target', 'cancel'] };
  }
  return null;
}

/**
 * Why an open delegation waits now, as `waits_for` of the contract says it. `held`: why messages to the target wait, null: they
 * are delivered; `why`: what its own message last met.
 */
export function waitsForOf({ status, why }: { status: DelegationState; why: string }, target: TargetFacts, held: string | null): string {
  if (!isWaiting(status) || !target) return '';
  if (held === null) return why;
  const says = BACK_SOON[target.status] ?? troubleOf(target);
  return says === null ? `${target.name}: ${held}` : `${target.name} ${says}`;
}

function isWaiting(status: DelegationState): boolean {
  return status === 'pending' || status === 'dispatched' || status === 'queued';
}

function troubleOf({ status, wedged, token_rejected }: NonNullable<TargetFacts>): string | null {
  const out = OUT[status];
  if (out !== undefined) return out;
  if (wedged) return 'says that it is stuck';
  return token_rejected ? 'uses a token that is not accepted' : null;
}
