'use client';

import { counted } from '#components/restarts/run-words.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { BulkCandidate, BulkPreview } from '#lib/contract/bulk-restarts.ts';

/** Longer lists are told by their number: nobody reads ten thousand names before pressing a button. */
const LISTED = 300;

/** Who would be restarted and who is left out and why, as it was at one moment. */
export function BulkSet({ preview, onLookAgain }: { preview: BulkPreview; onLookAgain: () => void }) {
  const chosen = preview.items.filter((item) => item.skip === '');
  const skipped = preview.items.filter((item) => item.skip !== '');
  return (
    <section aria-labelledby="bulk-set" className="grid gap-2">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <h3 id="bulk-set" className="text-sm font-semibold">
          {counted(preview.restarting, 'workspace')} would be restarted
        </h3>
        <p className="text-xs text-faint">
          as of <LocalTime at={preview.now} />
        </p>
        <Button small look="quiet" className="ml-auto" onClick={onLookAgain}>
          Look again
        </Button>
      </div>
      {chosen.length === 0 ? (
        <p className="text-sm text-faint">None of them can be restarted now; below is why.</p>
      ) : (
        <Names items={chosen} label="Would be restarted" />
      )}
      {skipped.length > 0 && (
        <>
          <h3 className="pt-1 text-sm font-semibold">{formatCount(skipped.length)} left out</h3>
          <Names items={skipped} label="Left out" />
        </>
      )}
    </section>
  );
}

function Names({ items, label }: { items: readonly BulkCandidate[]; label: string }) {
  return (
    <ul
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
      tabIndex={0}
      className="max-h-48 overflow-y-auto rounded-md border border-line text-sm"
    >
      {items.slice(0, LISTED).map((item) => (
        <li key={item.workspace_id} className="flex items-baseline justify-between gap-4 border-t border-line px-3 py-1.5 first:border-t-0">
          <span className="min-w-0 truncate" dir="auto">
            {plainText(item.name)}
          </span>
          <span className="flex-none text-right text-xs text-faint max-sm:max-w-40">
            {item.skip !== '' ? plainText(item.skip) : item.active_tasks > 0 ? `${counted(item.active_tasks, 'task')} in flight` : 'idle'}
          </span>
        </li>
      ))}
      {items.length > LISTED && (
        <li className="border-t border-line px-3 py-1.5 text-xs text-faint">and {formatCount(items.length - LISTED)} more</li>
      )}
    </ul>
  );
}
