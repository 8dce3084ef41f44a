import { type DelegationRow, type DelegationState, ENDED_DELEGATION_STATES, MAX_PREVIEW_CHARS } from '#lib/contract/delegations.ts';
import type { MessageState } from '#lib/contract/messages.ts';
import { type FailureReason, sayExpired, sayFailure } from './delegation-reasons.ts';
import { type AgentResult, keptResult, keptWords } from './delegation-result.ts';
import { beginningOf } from './whole-text.ts';

/**
 * A delegation from the moment it is kept to its one end.
 *
 *   pending      in the store; its message is not in the target's queue yet. The queue takes it → dispatched, queued or in_progress
 *   dispatched   its message waits in the queue for its turn
 *   queued       its message waits in the queue, and the target cannot take it now
 *   in_progress  its message is with the target's agent; put back → dispatched or queued
 *   completed    the agent answered with a result                                                     (final)
 *   failed       no result will come; `error` says why, `cancelled` whether a person ended it         (final)
 *   expired      its time passed                                                                      (final)
 *
 * Every open state ends by an answer, a failure, a person, the removal of either side, or its time. Nothing leaves an end:
 * this function answers null then, and the store's update carries the same condition. Of a *recorded* delegation its source
 * tells the state, in any order; it ends the same way.
 */
export function nextStep(run: DelegationRun, news: DelegationNews, now: number): DelegationStep | null {
  if (isEnded(run.status)) return null;
  switch (news.kind) {
    case 'message':
      return run.origin === 'platform' ? asItsMessage(run, news, now) : null;
    case 'answer':
      return news.result.ok ? ended('completed', now, withResult(news.result.text)) : failed(agentSays(news.result), now);
    case 'failure':
      return failed(news.reason, now);
    case 'expiry':
      return ended('expired', now, { error: sayExpired(run, news.why) });
    case 'told':
      return run.origin === 'recorded' ? asItIsTold(run, news, now) : null;
  }
}

/** What the next step depends on. */
export type DelegationRun = Pick<DelegationRow, 'status' | 'origin' | 'created_at' | 'expires_at' | 'started_at' | 'attempts' | 'queue_id'>;

export type DelegationNews =
  /** Its message is in the queue, and open. `held`: its target cannot take it. */
  | { kind: 'message'; state: Extract<MessageState, 'waiting' | 'delivering'>; held: boolean; attempts: number; queue_id: string }
  | { kind: 'answer'; result: AgentResult }
  | { kind: 'failure'; reason: FailureReason }
  /** `why`: what it waited for last; empty: it is not known. */
  | { kind: 'expiry'; why: string }
  /** By its source. */
  | { kind: 'told'; status: DelegationState; response: string; error: string };

/** What changes in its row. `response`: the result as it is kept, beside the row. */
export type DelegationStep = Pick<DelegationRow, 'status'> &
  Partial<
    Pick<DelegationRow, 'error' | 'started_at' | 'ended_at' | 'attempts' | 'cancelled' | 'queue_id' | 'response_preview' | 'response_cut'>
  > & { response?: string };

export function isEnded(state: DelegationState): boolean {
  return (ENDED_DELEGATION_STATES as readonly DelegationState[]).includes(state);
}

function asItsMessage(
  run: DelegationRun,
  { state, held, attempts, queue_id }: Extract<DelegationNews, { kind: 'message' }>,
  now: number,
): DelegationStep | null {
  const status = state === 'delivering' ? 'in_progress' : held ? 'queued' : 'dispatched';
  if (status === run.status && queue_id === run.queue_id && attempts === run.attempts) return null;
  return { status, queue_id, attempts, ...(status === 'in_progress' && run.started_at === null ? { started_at: now } : {}) };
}

function asItIsTold(
  run: DelegationRun,
  { status, response, error }: Extract<DelegationNews, { kind: 'told' }>,
  now: number,
): DelegationStep {
  const why = keptWords(error) || (status === 'failed' ? sayFailure({ kind: 'untold' }) : '');
  const said = { ...(response === '' ? {} : withResult(response)), ...(why === '' ? {} : { error: why }) };
  if (isEnded(status)) return ended(status, now, said);
  return { status, ...said, ...(status === 'in_progress' && run.started_at === null ? { started_at: now } : {}) };
}

function ended(status: DelegationState, now: number, more: Partial<DelegationStep>): DelegationStep {
  return { status, ended_at: now, ...more };
}

function withResult(text: string): Partial<DelegationStep> {
  const { response, response_cut } = keptResult(text);
  return { response, response_cut, response_preview: beginningOf(response, MAX_PREVIEW_CHARS) };
}

function failed(reason: FailureReason, now: number): DelegationStep {
  return ended('failed', now, { error: sayFailure(reason), ...(reason.kind === 'cancelled' ? { cancelled: true } : {}) });
}

function agentSays({ why, text }: Extract<AgentResult, { ok: false }>): FailureReason {
  return { kind: 'agent', why, words: keptWords(text) };
}
