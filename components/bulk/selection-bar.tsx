'use client';

import { Suspense, useState } from 'react';
import { createPortal } from 'react-dom';
import { FOOT_SLOT } from '#components/shell/notice-slot.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { DialogMissing, lazyPart } from '#components/ui/lazy-part.tsx';
import { fleetSelection } from '#lib/client/selection.ts';
import { useSelectedIds, useSelecting } from './use-selection.ts';

const BulkSheet = lazyPart(async () => (await import('./bulk-sheet.tsx')).BulkSheet, DialogMissing);

/** What can be done with those that are selected, or with all that the filter shows. Nothing while nobody selects. */
export function SelectionBar({
  count,
  shown,
  filtered,
}: {
  /** How many the filter shows; zero while not all of them are known. */
  count: number;
  shown: () => readonly string[];
  filtered: boolean;
}) {
  const selecting = useSelecting();
  const selected = useSelectedIds();
  const [asking, setAsking] = useState<readonly string[] | null>(null);
  // Nobody selects before the page has come to life: the slot is there.
  const slot = selecting ? document.getElementById(FOOT_SLOT) : null;
  if (slot === null) return null;
  const bar = (
    <section
      aria-label="Selection"
      className="pointer-events-auto flex w-full max-w-2xl flex-wrap items-center gap-2 rounded-lg border border-line-strong bg-raise px-3 py-2 shadow-lg shadow-black/20"
    >
      <p role="status" className="mr-auto text-sm font-medium max-sm:order-1">
        {selected.length === 0 ? 'Select workspaces' : `${formatCount(selected.length)} selected`}
      </p>
      <Button look="quiet" className="max-sm:order-1" onClick={() => fleetSelection.turnOff()}>
        Done
      </Button>
      <span aria-hidden="true" className="order-1 basis-full sm:hidden" />
      <Button className="max-sm:order-2 max-sm:flex-1" disabled={count === 0} onClick={() => setAsking(shown())}>
        Restart all {formatCount(count)}
        {filtered ? ' that match' : ''}…
      </Button>
      <Button look="primary" className="max-sm:order-2 max-sm:flex-1" disabled={selected.length === 0} onClick={() => setAsking(selected)}>
        Restart {selected.length === 0 ? 'them' : formatCount(selected.length)}…
      </Button>
    </section>
  );
  return (
    <>
      {createPortal(bar, slot)}
      {asking !== null && (
        <Suspense fallback={null}>
          <BulkSheet ids={asking} onClose={() => setAsking(null)} />
        </Suspense>
      )}
    </>
  );
}
