import type { BulkItemState, BulkState } from '#lib/contract/bulk-restarts.ts';
import { CanvasError } from '#lib/contract/errors.ts';

/** As much of a bulk restart as its next state depends on. */
export interface BulkStanding {
  state: BulkState;
  /** Why it is paused or aborted; empty otherwise. */
  why: string;
  /** Null: it goes on whatever fails. */
  stop_after_failures: number | null;
  /** Failures that were known when it was resumed. */
  forgiven: number;
  /** Epoch milliseconds; null while something of it may still happen. */
  ended_at: number | null;
}

/** What happened to it. `outcome`: one or more items ended, `failure` says how the newest failed one did. */
export type BulkCause =
  | { kind: 'pause' | 'abort'; by: string }
  | { kind: 'resume' }
  | { kind: 'outcome'; failure: { name: string; why: string } | null };

/**
 * The states of a bulk restart, and the one function that changes them.
 *
 *   running   items are begun in their order, at most `concurrency` at once. Ends: pause; so many failures since it
 *             began or was resumed; abort; the outcome of the last item.
 *   paused    nothing new is begun, what is under way goes on to its outcome; `why` says who or what paused it. Ends:
 *             resume (the failures so far are forgiven); abort; the last outcome, when nothing was left to begin.
 *   aborted   nothing new is begun any more: what was pending is skipped. It stays aborted; it has ended once what was
 *             under way has its outcome.
 *   done      every item has its outcome. An end.
 *
 * `counts` are those after the cause; of an abort, those before its pending items are skipped.
 *
 * @throws CanvasError `conflict` for a pause or resume of what was aborted or is done, or an abort of what is done.
 */
export function bulkAfter<T extends BulkStanding>(
  bulk: T,
  counts: Readonly<Record<BulkItemState, number>>,
  cause: BulkCause,
  now: number,
): T {
  switch (cause.kind) {
    case 'pause':
      if (bulk.state === 'paused') return bulk;
      if (bulk.state !== 'running') throw tooLate(bulk.state, 'paused');
      return { ...bulk, state: 'paused', why: `Paused by ${cause.by}.` };
    case 'resume':
      if (bulk.state === 'running') return bulk;
      if (bulk.state !== 'paused') throw tooLate(bulk.state, 'resumed');
      return { ...bulk, state: 'running', why: '', forgiven: counts.failed };
    case 'abort':
      if (bulk.state === 'aborted') return bulk;
      if (bulk.state === 'done') throw tooLate(bulk.state, 'aborted');
      return { ...bulk, state: 'aborted', why: `Aborted by ${cause.by}.`, ended_at: counts.running === 0 ? now : null };
    case 'outcome':
      return afterOutcome(bulk, counts, cause.failure, now);
  }
}

function afterOutcome<T extends BulkStanding>(
  bulk: T,
  counts: Readonly<Record<BulkItemState, number>>,
  failure: { name: string; why: string } | null,
  now: number,
): T {
  if (bulk.ended_at !== null) return bulk;
  if (counts.pending + counts.running === 0) {
    return bulk.state === 'aborted' ? { ...bulk, ended_at: now } : { ...bulk, state: 'done', why: '', ended_at: now };
  }
  const failed = counts.failed - bulk.forgiven;
  const enough = bulk.stop_after_failures !== null && failed >= bulk.stop_after_failures;
  if (bulk.state !== 'running' || failure === null || !enough || counts.pending === 0) return bulk;
  return {
    ...bulk,
    state: 'paused',
    why: `${failed} failed, the last was ${failure.name}: ${failure.why.replace(/\.$/, '')}; resume to go on.`,
  };
}

function tooLate(state: BulkState, what: string): CanvasError {
  return new CanvasError(
    'conflict',
    `This bulk restart ${state === 'done' ? 'is done' : 'was aborted'}; it cannot be ${what}. Begin a new one.`,
  );
}
