'use client';

import { useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { pageClock } from '#lib/client/clock.ts';
import { cancelDelegation, delegationKeys, showDelegation } from '#lib/client/delegations.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { ShownDelegation } from '#lib/contract/delegations.ts';
import { nameOr } from './delegation-words.ts';

/** Ends a delegation as failed, with a reason that its source is told. Shown as ended at once; it goes back when that is refused. */
export function CancelDialog({ delegation, onClose }: { delegation: ShownDelegation; onClose: () => void }) {
  const client = useQueryClient();
  const { delegation_id: did, status } = delegation;
  const source = plainText(nameOr(delegation.source_name, delegation.source_id));
  const target = plainText(nameOr(delegation.target_name, delegation.target_id));
  const cancel = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '').trim();
    const now = pageClock.now();
    onClose();
    const goBack = await showDelegation(client, did, {
      status: 'failed',
      cancelled: true,
      stuck: null,
      waits_for: '',
      error: reason,
      ended_at: now,
      updated_at: now,
    });
    if ((await tell(cancelDelegation(did, reason), 'The delegation is cancelled.')) === undefined) goBack();
    await Promise.all([
      client.invalidateQueries({ queryKey: delegationKeys.lists }),
      client.invalidateQueries({ queryKey: delegationKeys.one(did) }),
    ]);
  };
  return (
    <Dialog title="Cancel this delegation?" onClose={onClose}>
      <form onSubmit={cancel} className="grid gap-4">
        <p className="clamp-3 rounded-md bg-sunken px-3 py-2 text-sm wrap-anywhere" dir="auto">
          <RedactedText text={delegation.summary} />
        </p>
        <p className="text-soft" dir="auto">
          {status === 'in_progress' ? `${target} is asked to stop. ` : `It never reaches ${target}. `}
          {source} is told that it failed, and why.
        </p>
        <label className="grid gap-1 text-sm">
          <span>
            Why? <span className="text-faint">(optional)</span>
          </span>
          <input
            name="reason"
            maxLength={500}
            autoComplete="off"
            autoFocus
            className="h-8 w-full rounded-md border border-line-strong bg-bg px-2.5 text-sm coarse:h-11 coarse:text-base"
          />
        </label>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Let it go on
          </Button>
          <Button type="submit" look="danger">
            Cancel it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
