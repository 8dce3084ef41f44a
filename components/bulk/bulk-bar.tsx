import { formatCount } from '#components/ui/format-count.ts';
import type { BulkRestart } from '#lib/contract/bulk-restarts.ts';
import { barShares, countOf, countsWords, totalOf } from './bulk-words.ts';

const FILL = { done: 'bg-ok', failed: 'bg-bad', cancelled: 'bg-off', skipped: 'bg-off/60', running: 'bg-drain/60', pending: '' } as const;

/** How far it is: what is decided by outcome, what is under way, the rest empty. */
export function BulkBar({ counts }: { counts: BulkRestart['counts'] }) {
  const total = totalOf(counts);
  const decided = total - countOf(counts, 'pending') - countOf(counts, 'running');
  return (
    <div
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={decided}
      aria-valuetext={`${formatCount(decided)} of ${formatCount(total)}: ${countsWords(counts)}`}
      className="flex h-2 overflow-hidden rounded-full bg-text/10"
    >
      {barShares(counts).map(({ state, share }) => (
        <span key={state} className={FILL[state]} style={{ width: `${share}%` }} />
      ))}
    </div>
  );
}
