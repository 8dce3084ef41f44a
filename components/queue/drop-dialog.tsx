'use client';

import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { dropMessage } from '#lib/client/restart-runs.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { QueuedMessage } from '#lib/contract/messages.ts';

/** Never delivers a message, and keeps why. */
export function DropDialog({ message, onClose }: { message: QueuedMessage; onClose: () => void }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const drop = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '').trim();
    setBusy(true);
    const dropped = await tell(dropMessage(message.workspace_id, message.queue_id, reason), 'The message is dropped.');
    setBusy(false);
    if (dropped === undefined) return;
    await client.invalidateQueries({ queryKey: ['queue', message.workspace_id] });
    onClose();
  };
  return (
    <Dialog title="Drop this message?" onClose={onClose}>
      <form onSubmit={drop} className="grid gap-4">
        <p className="clamp-3 rounded-md bg-sunken px-3 py-2 text-sm wrap-anywhere" dir="auto">
          <RedactedText text={message.summary} />
        </p>
        <p className="text-soft">
          It is never delivered. <span dir="auto">{plainText(message.sender_name)}</span> is told why, if it still waits for the answer.
        </p>
        <label className="grid gap-1 text-sm">
          Why?
          <input
            name="reason"
            required
            maxLength={500}
            autoComplete="off"
            autoFocus
            className="h-8 w-full rounded-md border border-line-strong bg-bg px-2.5 text-sm coarse:h-11 coarse:text-base"
          />
        </label>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="danger" disabled={busy}>
            Drop it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
