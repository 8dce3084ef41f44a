'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { callApi } from '#lib/client/api.ts';
import { dropEntries } from '#lib/client/fleet-cache.ts';
import { connectDialog } from '#lib/client/open-flag.ts';
import { tell } from '#lib/client/workspace-actions.ts';

/** Below a fleet that has the sample team: what these are, the way to one's own, and the way to be rid of them. */
export function SampleTeamNote() {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    const answer = await tell(callApi<{ removed: string[] }>('DELETE /sample-team'), 'The sample team is gone.');
    setBusy(false);
    if (answer) dropEntries(client, answer.removed);
  };
  return (
    <aside aria-label="Sample team" className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-4 text-sm text-soft">
      <p className="min-w-60 flex-1">
        The sample team runs on this machine: a lead and five agents at small real work. One fails now and then, one gets stuck, so that you
        see every state.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={connectDialog.open}>Connect your own</Button>
        <Button look="quiet" disabled={busy} onClick={remove}>
          {busy ? 'Stopping it…' : 'Remove the sample team'}
        </Button>
      </div>
    </aside>
  );
}
