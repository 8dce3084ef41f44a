'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Switch } from '#components/ui/switch.tsx';
import { detailKey } from '#components/workspace/use-detail.ts';
import { callApi } from '#lib/client/api.ts';
import { tell } from '#lib/client/workspace-actions.ts';

/** Whether a message resumes it while it is paused. Answers at once, and goes back when the platform refuses. */
export function WakeSwitch({ id, on }: { id: string; on: boolean }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<boolean | null>(null);
  const shown = asked ?? on;
  const change = async () => {
    setAsked(!shown);
    const done = await tell(callApi('PATCH /workspaces/:id', { params: { id }, body: { wake_on_message: !shown } }), null);
    if (done !== undefined) await client.invalidateQueries({ queryKey: detailKey(id) });
    setAsked(null);
  };
  return (
    <div className="flex items-center justify-between gap-4 border-t border-line pt-3 text-sm">
      <p id="wake-label">
        Wake it when a message comes <span className="text-soft">while it is paused</span>
      </p>
      <Switch on={shown} labelledBy="wake-label" disabled={asked !== null} onChange={() => void change()} />
    </div>
  );
}
