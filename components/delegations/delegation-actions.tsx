'use client';

import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { useSinglePress } from '#components/ui/use-single-press.ts';
import { delegationKeys, retryDelegation, showDelegation } from '#lib/client/delegations.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { ShownDelegation } from '#lib/contract/delegations.ts';
import { hasEnded } from './delegation-words.ts';

/** Its source hands it over by itself: only that one can ask again. One at work is with the agent: there is nothing to send. */
export function mayRetry({ origin, status }: Pick<ShownDelegation, 'origin' | 'status'>): boolean {
  return origin === 'platform' && status !== 'in_progress' && status !== 'completed';
}

/** What a person can do about a delegation. `onAnew` hears of the new one after one that had ended was asked again. */
export function DelegationActions({
  delegation,
  small = false,
  onCancel,
  onAnew,
}: {
  delegation: ShownDelegation;
  small?: boolean;
  /** Asks whether to: the dialog may outlive these buttons. */
  onCancel: () => void;
  onAnew?: (anew: ShownDelegation) => void;
}) {
  const client = useQueryClient();
  const { delegation_id: did, status, attempts, target_id } = delegation;
  const ended = hasEnded(status);
  const { pressed, press } = useSinglePress<'retry'>(`${did} ${status} ${attempts}`);
  const retry = async () => {
    const goBack = await showDelegation(client, did, { stuck: null });
    const anew = await tell(retryDelegation(did), ended ? 'It is asked again.' : 'It is tried again now.');
    if (anew === undefined) goBack();
    await Promise.all([
      client.invalidateQueries({ queryKey: delegationKeys.lists }),
      client.invalidateQueries({ queryKey: delegationKeys.one(did) }),
    ]);
    if (anew !== undefined && anew.delegation_id !== did) onAnew?.(anew);
    return anew !== undefined && ended;
  };
  return (
    <>
      {mayRetry(delegation) && (
        <Button small={small} disabled={pressed !== null} onClick={() => void press('retry', retry)}>
          {pressed !== null ? 'Asking…' : ended ? 'Ask again' : 'Try now'}
        </Button>
      )}
      {!ended && (
        <Button small={small} look={small ? 'quiet' : 'plain'} onClick={onCancel}>
          Cancel…
        </Button>
      )}
      {(delegation.waits_for !== '' || delegation.stuck?.advice.includes('open_target')) && <OpenTarget id={target_id} small={small} />}
    </>
  );
}

/** The way to the workspace that it waits for. */
export function OpenTarget({ id, small }: { id: string; small: boolean }) {
  return (
    <Link
      href={`/w/${encodeURIComponent(id)}`}
      prefetch={false}
      className={`relative inline-flex items-center rounded-md px-2 font-medium text-accent underline underline-offset-4 coarse:min-h-11 ${small ? 'text-xs' : 'text-sm'}`}
    >
      Open the target
    </Link>
  );
}
