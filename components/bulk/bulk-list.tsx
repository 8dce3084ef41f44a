'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { NothingHere, StripList, Strips } from '#components/ui/strips.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchBulks, runKeys } from '#lib/client/restart-runs.ts';
import type { BulkRestart } from '#lib/contract/bulk-restarts.ts';
import { BulkRow } from './bulk-row.tsx';

const BULK_EVENTS = ['bulk.changed'] as const;
/** Newer outcomes of items come without an event of their own: whoever looks at one that runs asks again. */
const EVERY_MS = 3_000;

export function useBulks(initial: BulkRestart[]) {
  useRefetchOn(runKeys.bulks(), BULK_EVENTS);
  return useQuery({
    queryKey: runKeys.bulks(),
    queryFn: ({ signal }) => fetchBulks(signal),
    refetchInterval: ({ state }) => (state.data?.some((bulk) => bulk.ended_at === null) ? EVERY_MS : false),
    initialData: initial,
  });
}

/** Restarts of many. `openOnly`: those that have not ended; nothing at all when there is none. */
export function BulkList({ bulks, openOnly }: { bulks: ReturnType<typeof useBulks>; openOnly: boolean }) {
  const { data, error, refetch } = bulks;
  const shown = openOnly ? data.filter((bulk) => bulk.ended_at === null) : data;
  if (openOnly && error === null && shown.length === 0) return null;
  return (
    <Strips id="bulk" title="Many at once" note={!openOnly && data.length > 0 ? 'the newest 50' : undefined}>
      {error !== null && <PanelFailure what="The list of restarts of many" error={error} onRetry={() => void refetch()} />}
      {shown.length === 0 && error === null && (
        <NothingHere title="Many were never restarted at once">
          <p className="max-w-md text-soft">
            Select workspaces in the fleet with <kbd className="font-mono text-xs">x</kbd>, or take all that match a filter.
          </p>
          <Link className="font-medium text-accent underline underline-offset-4" href="/" prefetch={false}>
            Open the fleet
          </Link>
        </NothingHere>
      )}
      {shown.length > 0 && (
        <StripList>
          {shown.map((bulk) => (
            <BulkRow key={bulk.id} bulk={bulk} />
          ))}
        </StripList>
      )}
    </Strips>
  );
}
