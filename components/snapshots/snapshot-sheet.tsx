'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { formatBytes } from '#components/ui/format-bytes.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { Sheet } from '#components/ui/sheet.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchSnapshot, runKeys } from '#lib/client/restart-runs.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import { RestoreDialog } from './restore-dialog.tsx';
import { SnapshotCompare } from './snapshot-compare.tsx';
import { SnapshotContent } from './snapshot-content.tsx';
import type { SnapshotPlace } from './use-snapshot-place.ts';

const TAB =
  'h-7 rounded-md px-2.5 text-sm font-medium text-soft hover:bg-text/7 aria-pressed:bg-text/10 aria-pressed:text-text coarse:h-11';

/** One kept snapshot: what it holds, what differs, and the way back to it. */
export function SnapshotSheet({
  place,
  all,
  canRestore,
  onChange,
  onClose,
}: {
  place: SnapshotPlace;
  /** The kept ones of the same workspace, to compare with. */
  all: readonly SnapshotRow[];
  /** Whether Canvas can start the workspace from it. */
  canRestore: boolean;
  onChange: (place: SnapshotPlace | null) => void;
  onClose: () => void;
}) {
  const [asking, setAsking] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: runKeys.snapshot(place.id),
    queryFn: ({ signal }) => fetchSnapshot(place.id, signal),
    gcTime: 60_000,
  });
  const comparing = place.against !== null;
  return (
    <Sheet
      title="Snapshot"
      note={data !== undefined && <Note row={data} />}
      foot={
        data !== undefined && (
          <div className="flex items-center justify-end gap-2">
            {!canRestore && (
              <p className="mr-auto text-xs text-faint">Canvas did not start this workspace, so it cannot start it from here.</p>
            )}
            <Button disabled={!canRestore} onClick={() => setAsking(true)}>
              Restore this one…
            </Button>
          </div>
        )
      }
      onClose={onClose}
    >
      <fieldset className="flex gap-1">
        <legend className="sr-only">Show</legend>
        <button type="button" className={TAB} aria-pressed={!comparing} onClick={() => onChange({ id: place.id, against: null })}>
          What it holds
        </button>
        <button
          type="button"
          className={TAB}
          aria-pressed={comparing}
          onClick={() => onChange({ id: place.id, against: place.against ?? 'previous' })}
        >
          Compare
        </button>
      </fieldset>
      {error !== null && <PanelFailure what="The snapshot" error={error} onRetry={() => void refetch()} />}
      {place.against !== null ? (
        <SnapshotCompare
          id={place.id}
          against={place.against}
          others={all.filter((row) => row.id !== place.id)}
          inRun={data?.run_id !== null && data !== undefined}
          onChange={(against) => onChange({ id: place.id, against })}
        />
      ) : data === undefined ? (
        error === null && <div role="status" aria-label="Loading the snapshot" className="h-80 animate-pulse rounded-md bg-text/5" />
      ) : (
        <SnapshotContent snapshot={data.snapshot} />
      )}
      {asking && data !== undefined && <RestoreDialog row={data} onClose={() => setAsking(false)} onBegun={() => onChange(null)} />}
    </Sheet>
  );
}

function Note({ row }: { row: SnapshotRow }) {
  return (
    <p>
      saved <LocalTime at={row.received_at} /> · {formatBytes(row.bytes)}
      {row.run_id !== null && (
        <>
          {' · '}
          <Link className="text-accent underline underline-offset-4" href={`/restarts/${encodeURIComponent(row.run_id)}`} prefetch={false}>
            its restart
          </Link>
        </>
      )}
      {row.origin === 'fetched' && ' · fetched, because none was sent'}
    </p>
  );
}
