'use client';

import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { counted } from '#components/restarts/run-words.ts';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { Age } from '#components/ui/age.tsx';
import { formatBytes } from '#components/ui/format-bytes.ts';
import { DialogMissing, lazyPart } from '#components/ui/lazy-part.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchSnapshots, runKeys } from '#lib/client/restart-runs.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import { RedactedText } from './redacted-text.tsx';
import { RedactionChips } from './redaction-chips.tsx';
import { useSnapshotPlace } from './use-snapshot-place.ts';

const SnapshotSheet = lazyPart(async () => (await import('./snapshot-sheet.tsx')).SnapshotSheet, DialogMissing);
const SAVED = ['snapshot.saved'] as const;

/** What was kept of it, newest first. One opens over the page; the address says which. */
export function SnapshotsPanel({ id, canRestore, initial }: { id: string; canRestore: boolean; initial: SnapshotRow[] }) {
  const { place, open, change, close } = useSnapshotPlace();
  useRefetchOn(runKeys.snapshots(id), SAVED);
  const { data, error, refetch } = useQuery({
    queryKey: runKeys.snapshots(id),
    queryFn: ({ signal }) => fetchSnapshots(id, signal),
    gcTime: 60_000,
    initialData: initial,
  });
  return (
    <Panel id="snapshots" title="Snapshots" note={data.length > 0 ? 'the newest 20 are kept' : undefined}>
      {error !== null && <PanelFailure what="The list of snapshots" error={error} onRetry={() => void refetch()} />}
      {data.length === 0 && error === null && (
        <p className="text-sm text-faint">None yet. One is saved whenever it is drained or ends in order, cleaned of secrets.</p>
      )}
      {data.length > 0 && (
        <ol className="max-h-112 overflow-y-auto">
          {data.map((row) => (
            <SnapshotItem key={row.id} row={row} onOpen={() => open({ id: row.id, against: null })} />
          ))}
        </ol>
      )}
      {place !== null && (
        <Suspense fallback={null}>
          <SnapshotSheet place={place} all={data} canRestore={canRestore} onChange={change} onClose={close} />
        </Suspense>
      )}
    </Panel>
  );
}

function SnapshotItem({ row, onOpen }: { row: SnapshotRow; onOpen: () => void }) {
  return (
    <li className="relative grid gap-1 border-t border-line py-2.5 text-sm first:border-t-0">
      <p className="flex min-w-0 items-baseline justify-between gap-3">
        <button
          type="button"
          onClick={onOpen}
          className="min-w-0 truncate text-left font-medium outline-none after:absolute after:inset-0 after:rounded-md hover:underline focus-visible:after:outline-2 focus-visible:after:outline-accent"
          dir="auto"
        >
          {row.current_task === '' ? 'Idle' : <RedactedText text={row.current_task} />}
        </button>
        <span className="flex-none text-xs text-faint">
          <span className="text-soft">
            <Age at={row.received_at} /> ago
          </span>{' '}
          <LocalTime at={row.received_at} />
        </span>
      </p>
      <p className="text-xs text-faint">
        {row.session_id === null ? 'no session' : 'with its session'} · {counted(row.transcript_lines, 'line')} · {formatBytes(row.bytes)}
        {row.unfinished > 0 && ` · ${counted(row.unfinished, 'task')} cut off`}
        {row.run_id === null ? ' · at its end' : ' · in a restart'}
      </p>
      {(Object.keys(row.redactions).length > 0 || row.dropped_sandbox > 0) && (
        <RedactionChips redactions={row.redactions} sandbox={row.dropped_sandbox} />
      )}
    </li>
  );
}
