'use client';

import { useQuery } from '@tanstack/react-query';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchDiff, runKeys } from '#lib/client/restart-runs.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import { SnapshotDiffView } from './snapshot-diff-view.tsx';
import { SnapshotName } from './snapshot-name.tsx';

/** A snapshot beside another state of the same workspace: chosen here, in the address. */
export function SnapshotCompare({
  id,
  against,
  others,
  inRun,
  onChange,
}: {
  id: string;
  against: string;
  others: readonly SnapshotRow[];
  /** Whether it was saved in a restart, so that something came back from it. */
  inRun: boolean;
  onChange: (against: string) => void;
}) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: runKeys.diff(id, against),
    queryFn: ({ signal }) => fetchDiff(id, against, signal),
    // A comparison with what runs now is another one a moment later.
    staleTime: against === 'live' ? 0 : Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  return (
    <div className="grid gap-4">
      <label className="flex flex-wrap items-center gap-2 text-sm text-soft">
        Compared with
        <select
          value={against}
          onChange={(event) => onChange(event.target.value)}
          className="h-8 max-w-full min-w-0 rounded-md border border-line bg-panel px-2 text-sm text-text hover:border-line-strong coarse:h-11"
        >
          <option value="previous">the one before it</option>
          <option value="live">what runs now</option>
          {(inRun || against === 'restored') && <option value="restored">what came back in its restart</option>}
          {others.map((other) => (
            <option key={other.id} value={other.id}>
              <SnapshotName row={other} />
            </option>
          ))}
        </select>
      </label>
      {error !== null && <PanelFailure what="The comparison" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <div role="status" aria-label="Loading the comparison" className="h-40 animate-pulse rounded-md bg-text/5" />
      )}
      {data !== undefined && (error === null || !isFetching) && <SnapshotDiffView answer={data} />}
    </div>
  );
}
