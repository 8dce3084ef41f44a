'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { useCatchUp } from '#components/shell/canvas-live.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { loadFleet } from '#lib/client/load-fleet.ts';
import { CardGrid } from './card-grid.tsx';
import { FirstVisit } from './first-visit.tsx';
import { SORT_LABEL } from './fleet-params.ts';
import { FleetSort } from './fleet-sort.tsx';
import { FleetTitle } from './fleet-title.tsx';
import { NothingMatches } from './nothing-matches.tsx';
import { SampleTeamNote } from './sample-team-note.tsx';
import { StatusChips } from './status-chips.tsx';
import { useCardKeys } from './use-card-keys.ts';
import { useFleetQuery } from './use-fleet-query.ts';
import { type FirstTotals, useFleetView } from './use-fleet-view.ts';
import { usePointingHold } from './use-pointing-hold.ts';

/** The fleet: counts that filter, what needs a person, everything else. */
export function FleetScreen({ first }: { first: FirstTotals }) {
  const client = useQueryClient();
  const [query, change] = useFleetQuery();
  const { q, state, sort } = query;
  const view = useFleetView(query, first);
  const cards = useRef<HTMLDivElement>(null);
  usePointingHold(cards);
  useCardKeys(cards);
  useCatchUp(useCallback((signal: AbortSignal) => loadFleet(client, signal), [client]));

  const filtered = q !== '' || state.length > 0;
  const shown = view.needs.length + view.rest.length;
  if (view.total === 0 && shown === 0 && !filtered) return <FirstVisit />;
  const all = Object.values(view.counts).reduce((sum, n) => sum + n, 0);
  const restTotal = view.complete ? view.rest.length : Math.max(view.rest.length, view.total - view.needs.length);
  const waiting = view.waiting ? ' · the order waits for your pointer' : '';
  return (
    <main data-fleet={view.complete ? 'complete' : 'first'} className="grid grid-cols-[minmax(0,1fr)] gap-4 px-3 py-4 sm:px-5">
      <FleetTitle counts={view.counts} />
      <h1 className="sr-only">Fleet</h1>
      <div className="flex items-center gap-2">
        <StatusChips counts={view.counts} chosen={state} onChange={(next) => change({ state: next })} />
        <FleetSort sort={sort} onChange={(next) => change({ sort: next })} />
      </div>
      {shown === 0 && <NothingMatches q={q} states={state} onClear={() => change({ q: '', state: [] })} />}
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
      {view.hasSample && <SampleTeamNote />}
    </main>
  );
}
