'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { Button } from '#components/ui/button.tsx';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchWorkspaceRestarts, runKeys } from '#lib/client/restart-runs.ts';
import type { EventType } from '#lib/contract/events.ts';
import type { RestartPage } from '#lib/contract/restarts.ts';
import { RunRow } from './run-row.tsx';

const EVENTS: readonly EventType[] = ['restart.step', 'restart.forced'];
const PAGE = 5;

/** The restarts of one workspace, newest first. */
export function RestartsPanel({ id, initial }: { id: string; initial: RestartPage }) {
  const queryKey = runKeys.workspaceRestarts(id);
  useRefetchOn(queryKey, EVENTS);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchWorkspaceRestarts(id, { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: RestartPage) => page.next,
    gcTime: 60_000,
    initialData: { pages: [initial], pageParams: [null] },
  });
  const items = data.pages.flatMap((page) => page.items);
  return (
    <Panel id="restarts" title="Restarts">
      {error !== null && <PanelFailure what="The list of restarts" error={error} onRetry={() => void refetch()} />}
      {items.length === 0 && error === null && <p className="text-sm text-faint">It was never restarted from here.</p>}
      {items.length > 0 && (
        <ol className="-mx-4">
          {items.map((run) => (
            <RunRow key={run.id} run={run} ofOne />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <div className="flex justify-center">
          <Button small disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Fetching older ones…' : 'Show older ones'}
          </Button>
        </div>
      )}
    </Panel>
  );
}
