import { StatusShape } from '#components/status/status-shape.tsx';
import type { BulkItemState, BulkRestart } from '#lib/contract/bulk-restarts.ts';
import { BULK_LABEL, bulkTone, ITEM_LABEL, ITEM_TONE } from './bulk-words.ts';

const LINE = 'size-[11px] flex-none fill-none stroke-tone stroke-[1.8]';

function ItemShape({ state }: { state: BulkItemState }) {
  if (state === 'failed') return <StatusShape state="failed" />;
  if (state === 'running') return <StatusShape state="restarting" />;
  if (state === 'pending') return <StatusShape state="provisioning" />;
  const d = { done: 'm1.2 6.6 3 3L10.8 2.6', cancelled: 'M1 6h10', skipped: 'M2 2.5 6 6 2 9.5M6.5 2.5l4 3.5-4 3.5' }[state];
  return (
    <svg className={LINE} viewBox="0 0 12 12" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}

/** How one of many is: colour, shape and word. */
export function ItemMark({ state }: { state: BulkItemState }) {
  return (
    <span data-tone={ITEM_TONE[state]} className="inline-flex flex-none items-center gap-1.5 text-xs font-medium text-tone">
      <ItemShape state={state} />
      {ITEM_LABEL[state]}
    </span>
  );
}

/** How a restart of many is: colour, shape and word. */
export function BulkMark({ bulk }: { bulk: Pick<BulkRestart, 'state' | 'counts'> }) {
  const tone = bulkTone(bulk);
  return (
    <span data-tone={tone} className="inline-flex flex-none items-center gap-1.5 text-xs font-medium text-tone">
      {bulk.state === 'paused' ? (
        <StatusShape state="paused" />
      ) : (
        <ItemShape
          state={bulk.state === 'running' ? 'running' : bulk.state === 'aborted' ? 'cancelled' : tone === 'bad' ? 'failed' : 'done'}
        />
      )}
      {BULK_LABEL[bulk.state]}
      {bulk.state === 'done' && tone === 'bad' && ', not all'}
    </span>
  );
}
