import type { StatusCause, WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import type { Boot } from './merge-beat.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

export interface Transition {
  from: WorkspaceStatus;
  to: WorkspaceStatus;
  cause: StatusCause | null;
  /** A sentence for a person, at most 2,000 UTF-16 units; may hold an agent's own words. */
  reason: string;
  /** The facts that the decision was made from, as far as they matter to it. */
  evidence: Record<string, unknown>;
  at: number;
}

export interface Verdict {
  facts: WorkspaceFacts;
  /** Null when status and cause stayed. Facts (lateness and the reason too) may have changed all the same. */
  transition: Transition | null;
  booted: Boot | null;
  /** Its token had been refused, and this beat was accepted. */
  token_accepted_again: boolean;
}

export interface Target {
  to: WorkspaceStatus;
  cause: StatusCause | null;
  /** Kept in the facts; empty when nothing is out of order. */
  reason: string;
  /** Told with the transition; the kept reason when absent. */
  told?: string;
  evidence: Record<string, unknown>;
}

/** Changes the given fresh copy. A changed reason under the same status and cause is a new fact, not a transition. */
export function settle(facts: WorkspaceFacts, target: Target, now: number): Transition | null {
  const from = facts.status;
  facts.reason = target.reason;
  if (from === target.to && facts.cause === target.cause) return null;
  facts.status = target.to;
  facts.cause = target.cause;
  facts.since = now;
  return { from, to: target.to, cause: target.cause, reason: target.told ?? target.reason, evidence: target.evidence, at: now };
}

export function verdict(facts: WorkspaceFacts, transition: Transition | null = null): Verdict {
  return { facts, transition, booted: null, token_accepted_again: false };
}

export function settled(facts: WorkspaceFacts, target: Target, now: number): Verdict {
  return verdict(facts, settle(facts, target, now));
}
