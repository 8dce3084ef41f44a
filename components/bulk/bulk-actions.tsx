'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { counted } from '#components/restarts/run-words.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { abortBulk, pauseBulk, resumeBulk, runKeys } from '#lib/client/restart-runs.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { BulkRestartDetail } from '#lib/contract/bulk-restarts.ts';
import { countOf } from './bulk-words.ts';

/** Pause, go on, or leave the rest out. What is under way goes on to its own end in any case. */
export function BulkActions({ bulk }: { bulk: BulkRestartDetail }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  if (bulk.state !== 'running' && bulk.state !== 'paused') return null;
  const act = async (change: (id: string) => Promise<BulkRestartDetail>) => {
    setBusy(true);
    setAsking(false);
    const changed = await tell(change(bulk.id), null);
    setBusy(false);
    if (changed !== undefined) client.setQueryData(runKeys.bulk(bulk.id), changed);
  };
  const pending = countOf(bulk.counts, 'pending');
  const running = countOf(bulk.counts, 'running');
  return (
    <div className="flex gap-2">
      {bulk.state === 'running' ? (
        <Button disabled={busy} onClick={() => void act(pauseBulk)}>
          Pause
        </Button>
      ) : (
        <Button look="primary" disabled={busy} onClick={() => void act(resumeBulk)}>
          Go on
        </Button>
      )}
      <Button look="danger" disabled={busy} onClick={() => setAsking(true)}>
        Abort…
      </Button>
      {asking && (
        <Dialog title="Leave out the rest?" onClose={() => setAsking(false)}>
          <p className="text-soft">
            {pending === 0 ? 'None is left to begin' : `${counted(pending, 'workspace')} would not be restarted any more`}
            {running > 0 ? `; what is under way (${counted(running, 'restart')}) goes on to its own end` : ''}. This cannot be taken back:
            begin another one for those that are left.
          </p>
          <div className="flex justify-end gap-2">
            <Button look="quiet" onClick={() => setAsking(false)}>
              Cancel
            </Button>
            <Button look="danger" onClick={() => void act(abortBulk)}>
              Abort
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
