import type { Tone } from '#components/status/shown-tone.ts';
import { formatCount } from '#components/ui/format-count.ts';
import type { BulkItemState, BulkRestart, BulkState } from '#lib/contract/bulk-restarts.ts';

export const BULK_LABEL: Record<BulkState, string> = { running: 'Under way', paused: 'Paused', aborted: 'Aborted', done: 'Done' };

export const ITEM_LABEL: Record<BulkItemState, string> = {
  running: 'Under way',
  failed: 'Failed',
  pending: 'To come',
  done: 'Done',
  cancelled: 'Cancelled',
  skipped: 'Skipped',
};
export const ITEM_TONE: Record<BulkItemState, Tone> = {
  running: 'drain',
  failed: 'bad',
  pending: 'off',
  done: 'ok',
  cancelled: 'off',
  skipped: 'off',
};
/** What needs a look first comes first. */
export const ITEM_ORDER: readonly BulkItemState[] = ['failed', 'running', 'pending', 'done', 'cancelled', 'skipped'];

type Counts = BulkRestart['counts'];

export const countOf = (counts: Counts, state: BulkItemState): number => counts[state] ?? 0;
export const totalOf = (counts: Counts): number => ITEM_ORDER.reduce((sum, state) => sum + countOf(counts, state), 0);

/** How a bulk restart is: one that is done with failures does not look like a good one. */
export function bulkTone(bulk: Pick<BulkRestart, 'state' | 'counts'>): Tone {
  if (bulk.state === 'running') return 'drain';
  if (countOf(bulk.counts, 'failed') > 0) return 'bad';
  return bulk.state === 'done' ? 'ok' : 'off';
}

/** "4 done, 1 failed, 2 skipped": what there is of each, in the order of urgency. */
export function countsWords(counts: Counts): string {
  return ITEM_ORDER.filter((state) => countOf(counts, state) > 0)
    .map((state) => `${formatCount(countOf(counts, state))} ${ITEM_LABEL[state].toLowerCase()}`)
    .join(', ');
}

/** The shares of the bar in per cent, in the order they are drawn. Nothing that exists is thinner than a hair. */
export function barShares(counts: Counts): { state: BulkItemState; share: number }[] {
  const total = totalOf(counts);
  if (total === 0) return [];
  const drawn = (['done', 'failed', 'cancelled', 'skipped', 'running'] as const).filter((state) => countOf(counts, state) > 0);
  return drawn.map((state) => ({ state, share: Math.max(0.5, (countOf(counts, state) / total) * 100) }));
}
