'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { Button } from '#components/ui/button.tsx';
import { NothingHere, StripList, Strips } from '#components/ui/strips.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchRestarts, runKeys } from '#lib/client/restart-runs.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import { RUN_ENDS } from '#lib/contract/restart-steps.ts';
import type { RestartPage } from '#lib/contract/restarts.ts';
import { RunRow } from './run-row.tsx';

const STEP = ['restart.step'] as const;
const ended = (event: LedgerEvent) => event.type === 'restart.step' && RUN_ENDS.includes(event.data.step);

/** Runs that ended, newest first, a page at a time. */
export function PastRuns({ initial }: { initial: RestartPage }) {
  const queryKey = [...runKeys.restarts(false), 'pages'];
  useRefetchOn(queryKey, STEP, ended);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchRestarts({ active: false, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: RestartPage) => page.next,
    initialData: { pages: [initial], pageParams: [null] },
  });
  const items = data.pages.flatMap((page) => page.items);
  return (
    <Strips id="past" title="Past" note={items.length > 0 ? 'newest first' : undefined}>
      {error !== null && <PanelFailure what="The list of past restarts" error={error} onRetry={() => void refetch()} />}
      {items.length === 0 && error === null && (
        <NothingHere title="Nothing was restarted yet">
          <p className="max-w-md text-soft">
            “Drain and restart” is on every card and workspace page. What was kept and what came back is written down here.
          </p>
          <Link className="font-medium text-accent underline underline-offset-4" href="/" prefetch={false}>
            Open the fleet
          </Link>
        </NothingHere>
      )}
      {items.length > 0 && (
        <StripList>
          {items.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </StripList>
      )}
      {hasNextPage && (
        <div className="flex justify-center">
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Fetching older ones…' : 'Show older ones'}
          </Button>
        </div>
      )}
    </Strips>
  );
}
