'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { formatCount } from '#components/ui/format-count.ts';
import { NothingHere, StripList, Strips } from '#components/ui/strips.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchRestarts, runKeys } from '#lib/client/restart-runs.ts';
import type { RestartPage } from '#lib/contract/restarts.ts';
import { RunRow } from './run-row.tsx';

export const RUN_EVENTS = ['restart.step', 'restart.forced'] as const;
const MOST = 200;
/** What is left of a drain changes between two steps. */
const EVERY_MS = 3_000;

/** What is under way now: all of it, for there is one run per workspace at most. */
export function useRunningRuns(initial: RestartPage) {
  useRefetchOn(runKeys.restarts(true), RUN_EVENTS);
  return useQuery({
    queryKey: runKeys.restarts(true),
    queryFn: ({ signal }) => fetchRestarts({ active: true, limit: MOST }, signal),
    refetchInterval: ({ state }) => (state.data !== undefined && state.data.items.length > 0 ? EVERY_MS : false),
    initialData: initial,
  });
}

export function RunningRuns({ runs, alone }: { runs: ReturnType<typeof useRunningRuns>; alone: boolean }) {
  const { data, error, refetch } = runs;
  if (data.items.length === 0 && error === null && !alone) return null;
  return (
    <Strips id="running" title="Running" note={data.items.length > 0 ? countNote(data) : undefined}>
      {error !== null && <PanelFailure what="The list of what runs" error={error} onRetry={() => void refetch()} />}
      {data.items.length === 0 && error === null && (
        <NothingHere title="Nothing is being restarted">
          <p className="max-w-md text-soft">A restart is begun from a workspace’s card or page, or for many at once from the fleet.</p>
          <Link className="font-medium text-accent underline underline-offset-4" href="/" prefetch={false}>
            Open the fleet
          </Link>
        </NothingHere>
      )}
      {data.items.length > 0 && (
        <StripList>
          {data.items.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </StripList>
      )}
    </Strips>
  );
}

function countNote({ items, next }: RestartPage): string {
  return next === null ? formatCount(items.length) : `the newest ${formatCount(items.length)}`;
}
