'use client';

import { useState } from 'react';
import { useWorkspace } from '#components/fleet/use-workspace.ts';
import { Button } from '#components/ui/button.tsx';
import { Choices } from '#components/ui/choices.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { requestRestart } from '#lib/client/restart-runs.ts';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';

const WAITS = [
  { value: 60, label: '1 min' },
  { value: 900, label: '15 min' },
  { value: 3600, label: '60 min' },
  { value: null, label: 'no limit' },
] as const;

/** Says what starting from an older snapshot does, and does it when that is what the person wants. */
export function RestoreDialog({ row, onClose, onBegun }: { row: SnapshotRow; onClose: () => void; onBegun: () => void }) {
  const card = useWorkspace(row.workspace_id)?.card;
  const paused = card?.status === 'paused' && card.run === null;
  const [seconds, setSeconds] = useState<number | null>(60);
  const [busy, setBusy] = useState(false);
  const restore = async () => {
    setBusy(true);
    const run = await tell(
      requestRestart(row.workspace_id, {
        ...(paused ? {} : { deadline_seconds: seconds }),
        restore_snapshot_id: row.id,
        reason: paused ? 'start from an older snapshot' : 'restore an older snapshot',
      }),
      null,
    );
    setBusy(false);
    if (run === undefined) return;
    onBegun();
    restartSheet.open(row.workspace_id);
    restartSheet.follow(run.id);
  };
  return (
    <Dialog title={paused ? 'Start from this snapshot?' : 'Restore this snapshot?'} onClose={onClose}>
      {paused ? (
        <ol className="grid list-inside list-decimal gap-1 text-soft">
          <li>It is paused: nothing runs that would have to end or be saved first.</li>
          <li>
            It is resumed from what was saved at <LocalTime at={row.received_at} />, not from its newest snapshot. That one is kept.
          </li>
          <li>The messages that wait for it are delivered.</li>
        </ol>
      ) : (
        <>
          <ol className="grid list-inside list-decimal gap-1 text-soft">
            <li>It finishes what is in flight and takes nothing new; messages to it wait.</li>
            <li>What it holds now is saved as a snapshot first: restore that one to undo this.</li>
            <li>
              It stops, and starts again from what was saved at <LocalTime at={row.received_at} />.
            </li>
            <li>The messages that waited are delivered. Those that were done since are not done again.</li>
          </ol>
          <Choices legend="Wait for running work" options={WAITS} value={seconds} onChange={setSeconds} />
        </>
      )}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Button look="primary" disabled={busy} onClick={() => void restore()}>
          {paused ? 'Start from this one' : 'Drain and restore'}
        </Button>
      </div>
    </Dialog>
  );
}
