import type { AgentFailure } from './delegation-result.ts';
import { formatAge } from './duration-text.ts';

/** Why a delegation will come to no result. */
export type FailureReason =
  | { kind: 'agent'; why: AgentFailure; words: string }
  /** Its source says so, and no more. */
  | { kind: 'untold' }
  /** Its message made no sense to the target again and again. */
  | { kind: 'undelivered'; why: string }
  /** Its message was taken out of the queue. */
  | { kind: 'dropped'; why: string }
  | { kind: 'target_removed' }
  | { kind: 'source_removed' }
  /** By a person. */
  | { kind: 'cancelled'; by: string; reason: string }
  /** Its agent's answer is none that anything can be made of. */
  | { kind: 'unreadable' }
  /** Its task is not in the store, as after a restore of a damaged one. */
  | { kind: 'lost' };

const OF_AGENT: Record<AgentFailure, string> = {
  failed: 'Its agent failed at it',
  rejected: 'Its agent rejected it',
  canceled: 'Its agent cancelled it',
  asks: 'Its agent needs more to go on, and a delegation cannot be asked back',
  unfinished: 'Its agent answered before it was done, so its result is not known',
  refused: 'Its agent did not take it',
  lost_answer: 'Its agent answered, and the answer could not be kept',
};

/** In words for a person; those of an agent are marked by what comes before them. */
export function sayFailure(reason: FailureReason): string {
  switch (reason.kind) {
    case 'agent':
      return reason.words === '' ? `${OF_AGENT[reason.why]}.` : `${OF_AGENT[reason.why]}: ${reason.words}`;
    case 'untold':
      return 'Its source says that it failed, and not why.';
    case 'undelivered':
      return `It could not be handed over: ${sentence(reason.why)} Look at the target, then ask again.`;
    case 'dropped':
      return `Its message was taken out of the queue: ${sentence(reason.why)}`;
    case 'target_removed':
      return 'The workspace that was asked was removed before it answered.';
    case 'source_removed':
      return 'The workspace that asked was removed.';
    case 'cancelled':
      return reason.reason === '' ? `Cancelled by ${reason.by}.` : `Cancelled by ${reason.by}: ${sentence(reason.reason)}`;
    case 'unreadable':
      return 'Its agent answered, and the answer could not be read. Look at the target, then ask again.';
    case 'lost':
      return 'Its task is not in the store any more, so it cannot be handed over. Ask again.';
  }
}

/** Why it expired. `why`: what its message waited for last. */
export function sayExpired(
  { created_at, expires_at, started_at }: { created_at: number; expires_at: number; started_at: number | null },
  why: string,
): string {
  const none = `There was no answer within ${formatAge(expires_at - created_at)}`;
  if (why !== '') return `${none}. What it waited for: ${sentence(why)}`;
  return started_at === null ? `${none}: it did not reach the agent.` : `${none}: the agent began and did not end.`;
}

const sentence = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`);
