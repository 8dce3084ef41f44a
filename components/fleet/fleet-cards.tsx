'use client';

import { useRef } from 'react';
import { formatCount } from '#components/ui/format-count.ts';
import type { WorkspaceSort } from '#lib/contract/workspaces.ts';
import { CardGrid } from './card-grid.tsx';
import { SORT_LABEL } from './fleet-params.ts';
import { useCardKeys } from './use-card-keys.ts';
import type { FleetView } from './use-fleet-view.ts';
import { useKeptFocus } from './use-kept-focus.ts';
import { usePointingHold } from './use-pointing-hold.ts';
import { useReturnedFocus } from './use-returned-focus.ts';

/** What needs a person, then everything else; sorted another way, all in one. */
export function FleetCards({ view, sort }: { view: FleetView; sort: WorkspaceSort }) {
  const cards = useRef<HTMLDivElement>(null);
  usePointingHold(cards);
  useCardKeys(cards);
  useKeptFocus(view.needs, view.rest);
  useReturnedFocus();
  const all = Object.values(view.counts).reduce((sum, n) => sum + n, 0);
  const restTotal = view.complete ? view.rest.length : Math.max(view.rest.length, view.total - view.needs.length);
  const waiting = view.waiting ? ' · the order waits for you' : '';
  return (
    <div ref={cards} className="grid gap-4">
      {view.needs.length > 0 && (
        <section aria-labelledby="needs-you" className="grid gap-3">
          <h2 id="needs-you" className="flex items-baseline gap-2 text-sm font-semibold text-soft">
            Needs you
            <small className="text-xs font-normal text-faint">
              {formatCount(view.needs.length)} of {formatCount(all)}
              {waiting}
            </small>
          </h2>
          <CardGrid ids={view.needs} tall />
        </section>
      )}
      {view.rest.length > 0 && (
        <section aria-labelledby="the-rest" className="grid gap-3">
          <h2 id="the-rest" className="flex items-baseline gap-2 text-sm font-semibold text-soft">
            {sort !== 'attention' ? 'All' : view.needs.length > 0 ? 'Everything else' : 'Everything is quiet'}
            <small className="text-xs font-normal text-faint">
              {formatCount(restTotal)}, by {(sort === 'attention' ? SORT_LABEL.name : SORT_LABEL[sort]).toLowerCase()}
              {view.needs.length === 0 && waiting}
            </small>
          </h2>
          <CardGrid ids={view.rest} tall={sort !== 'attention'} />
        </section>
      )}
    </div>
  );
}
