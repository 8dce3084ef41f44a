'use client';

import { useSearchParams } from 'next/navigation';
import { BulkList, useBulks } from '#components/bulk/bulk-list.tsx';
import { ViewLinks } from '#components/ui/view-links.tsx';
import type { BulkRestart } from '#lib/contract/bulk-restarts.ts';
import type { RestartPage } from '#lib/contract/restarts.ts';
import { PastRuns } from './past-runs.tsx';
import { RESTART_VIEW_LABEL, RESTART_VIEWS, type RestartView, readRestartView, restartsAddress } from './restarts-params.ts';
import { RunningRuns, useRunningRuns } from './running-runs.tsx';

interface RestartsScreenProps {
  running: RestartPage;
  past: RestartPage;
  bulks: BulkRestart[];
}

/** Every restart there is and was: what runs first, then the past. */
export function RestartsScreen({ running, past, bulks }: RestartsScreenProps) {
  const view = readRestartView(useSearchParams().get('show'));
  const runs = useRunningRuns(running);
  const many = useBulks(bulks);
  const counts: Record<RestartView, number | null> = {
    all: null,
    running: runs.data.items.length,
    past: null,
    bulk: many.data.length,
  };
  return (
    <main className="mx-auto grid w-full max-w-6xl gap-5 px-3 py-4 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-xl font-semibold">Restarts</h1>
        <ViewLinks
          label="Which restarts"
          current={view}
          onGo={(key) => history.replaceState(null, '', restartsAddress(readRestartView(key)))}
          views={RESTART_VIEWS.map((key) => ({ key, label: RESTART_VIEW_LABEL[key], href: restartsAddress(key), count: counts[key] }))}
        />
      </div>
      {(view === 'all' || view === 'bulk') && <BulkList bulks={many} openOnly={view === 'all'} />}
      {(view === 'all' || view === 'running') && <RunningRuns runs={runs} alone={view === 'running'} />}
      {(view === 'all' || view === 'past') && <PastRuns initial={past} />}
    </main>
  );
}
