'use client';

import { lazy, Suspense } from 'react';
import { SelectButton } from '#components/bulk/select-button.tsx';
import { SelectionBar } from '#components/bulk/selection-bar.tsx';
import { useLiveMark } from '#components/shell/canvas-live.tsx';
import { FleetBehind } from './fleet-behind.tsx';
import { FleetCards } from './fleet-cards.tsx';
import { FleetSort } from './fleet-sort.tsx';
import { StatusChips } from './status-chips.tsx';
import { useFleetQuery } from './use-fleet-query.ts';
import { type FirstTotals, useFleetView } from './use-fleet-view.ts';
import { useLoadFleet } from './use-load-fleet.ts';
import { ViewSwitch } from './view-switch.tsx';

/** Seen once: it comes when there is nothing else to show. */
const FirstVisit = lazy(async () => ({ default: (await import('./first-visit.tsx')).FirstVisit }));

/** Both are seen by few: a search that finds nothing, and a fleet with the sample team in it. */
const NothingMatches = lazy(async () => ({ default: (await import('./nothing-matches.tsx')).NothingMatches }));
const SampleTeamNote = lazy(async () => ({ default: (await import('./sample-team-note.tsx')).SampleTeamNote }));

/** It brings a graph view with it, which cards have no use for. */
const MapScreen = lazy(async () => ({ default: (await import('#components/map/map-screen.tsx')).MapScreen }));

/** The fleet: counts that filter, what needs a person, everything else. */
export function FleetScreen({ first }: { first: FirstTotals }) {
  const [query, change] = useFleetQuery();
  const { q, state, sort } = query;
  const isMap = query.view === 'map';
  const view = useFleetView(query, first);
  const { failure, retry } = useLoadFleet();
  const mark = useLiveMark();

  const filtered = q !== '' || state.length > 0;
  const shown = view.needs.length + view.rest.length;
  if (view.total === 0 && shown === 0 && !filtered)
    return (
      <Suspense fallback={null}>
        <FirstVisit />
      </Suspense>
    );
  return (
    <main data-fleet={view.complete ? 'complete' : 'first'} className="grid gap-4 px-3 py-4 sm:px-5">
      <h1 className="sr-only">Fleet</h1>
      <div className="flex items-center gap-2 max-sm:flex-wrap max-sm:gap-y-4">
        <div className="min-w-0 max-sm:w-full">
          <StatusChips counts={view.counts} chosen={state} onChange={(next) => change({ state: next })} />
        </div>
        {!isMap && <SelectButton />}
        <div className="ml-auto flex flex-none items-center gap-2 self-start">
          <ViewSwitch view={query.view} onChange={(next) => change({ view: next })} />
          {!isMap && <FleetSort sort={sort} onChange={(next) => change({ sort: next })} />}
        </div>
      </div>
      {failure !== null && mark === 'live' && (
        <FleetBehind error={failure} shown={shown} total={view.total} complete={view.complete} onRetry={retry} />
      )}
      <Suspense>{shown === 0 && <NothingMatches q={q} states={state} onClear={() => change({ q: '', state: [] })} />}</Suspense>
      {isMap ? (
        <Suspense fallback={null}>
          <MapScreen needs={view.needs} rest={view.rest} complete={view.complete} />
        </Suspense>
      ) : (
        <FleetCards view={view} sort={sort} />
      )}
      <Suspense>{view.hasSample && <SampleTeamNote />}</Suspense>
      <SelectionBar count={view.complete ? shown : 0} shown={() => [...view.needs, ...view.rest]} filtered={filtered} />
    </main>
  );
}
