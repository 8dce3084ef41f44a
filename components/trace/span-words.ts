import { nameOr } from '#components/delegations/delegation-words.ts';
import type { Tone } from '#components/status/shown-tone.ts';
import { formatCount } from '#components/ui/format-count.ts';
import { plainText } from '#components/ui/plain-text.ts';
import type { SpanPart, TraceSpan } from '#lib/contract/traces.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';
import { formatAge } from '#lib/domain/duration-text.ts';

/** How each state of a message or a delegation is called in a trace. */
export const SPAN_LABEL: Record<TraceSpan['state'], string> = {
  waiting: 'Waits',
  delivering: 'At work',
  answered: 'Answered',
  dropped: 'Dropped',
  pending: 'Accepted',
  dispatched: 'Sent',
  queued: 'Waits',
  in_progress: 'At work',
  completed: 'Completed',
  failed: 'Failed',
  expired: 'Expired',
};

/** Null: a tick. */
export const SPAN_SHAPE: Record<TraceSpan['state'], ShownState | null> = {
  waiting: 'late',
  delivering: 'draining',
  answered: null,
  dropped: 'token_rejected',
  pending: 'awaiting_agent',
  dispatched: 'provisioning',
  queued: 'late',
  in_progress: 'draining',
  completed: null,
  failed: 'failed',
  expired: 'offline',
};

export const PART_LABEL: Record<SpanPart['kind'], string> = {
  waiting: 'waited for its turn',
  held: 'held back',
  working: 'with the agent',
};

export function spanTone({ ok, ended_at }: Pick<TraceSpan, 'ok' | 'ended_at'>): Tone {
  if (ended_at === null) return 'drain';
  return ok === false ? 'bad' : 'ok';
}

/** One that was answered with a task that failed is a failure, whatever became of its message. */
export function spanLabel({ state, ok }: Pick<TraceSpan, 'state' | 'ok'>): string {
  return ok === false && state === 'answered' ? 'Failed' : SPAN_LABEL[state];
}

export function spanShape({ state, ok }: Pick<TraceSpan, 'state' | 'ok'>): ShownState | null {
  return ok === false && state === 'answered' ? 'failed' : SPAN_SHAPE[state];
}

export const sourceName = ({ source_name, source_id }: TraceSpan) => plainText(nameOr(source_name, source_id ?? 'a person'));
export const targetName = ({ target_name, target_id }: TraceSpan) => plainText(nameOr(target_name, target_id));

/** Shorter than a second is told in milliseconds: a trace is read closely. */
export function tookText(ms: number): string {
  return ms < 1_000 ? `${formatCount(Math.max(0, ms))} ms` : formatAge(ms);
}

/** How long it took in all, and in which parts: "4 s, waited for its turn 1 s, with the agent 3 s". */
export function durationWords({ started_at, ended_at, parts }: TraceSpan, now: number): string {
  const whole = tookText((ended_at ?? now) - started_at);
  if (parts.length < 2) return whole;
  return [whole, ...parts.map(({ kind, from, to }) => `${PART_LABEL[kind]} ${tookText((to ?? now) - from)}`)].join(', ');
}
