'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { counted } from '#components/restarts/run-words.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { useDetail } from '#components/workspace/use-detail.ts';
import { readCards, readIndex } from '#lib/client/fleet-cache.ts';
import { keepRun, pauseWorkspace } from '#lib/client/restart-runs.ts';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { countBelow } from './count-below.ts';
import { type Deadline, WaitChoice } from './wait-choice.tsx';

/** Asks before a workspace and all below it are paused, and says how many that are. */
export function PauseDialog({ card, onClose }: { card: WorkspaceCard; onClose: () => void }) {
  const client = useQueryClient();
  const { data } = useDetail(card.id);
  const [deadline, setDeadline] = useState<Deadline>(60);
  const [subtree, setSubtree] = useState(true);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  // The whole subtree where this page has the whole fleet; else the children that the platform names, which may have more.
  const known = useMemo(() => (readIndex(client).complete ? countBelow(readCards(client), card.id) : null), [client, card.id]);
  const direct = data?.children.length ?? 0;
  const below = known ?? direct;
  const pause = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const run = await pauseWorkspace(card.id, { deadline_seconds: deadline, subtree });
      keepRun(client, run);
      onClose();
      restartSheet.open(card.id);
      restartSheet.follow(run.id);
    } catch (failed) {
      setRefusal(failed instanceof Error ? failed.message : 'That did not work. Try again.');
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Pause ${plainText(card.name)}?`} onClose={onClose}>
      <p className="text-soft">
        It finishes its work, is saved and stopped. Messages to it wait here and are delivered when it is resumed, with its session.
      </p>
      {below > 0 && (
        <label className="flex items-start gap-2 text-sm coarse:min-h-11">
          <input
            type="checkbox"
            className="mt-0.5 size-4 accent-accent"
            checked={subtree}
            onChange={(event) => setSubtree(event.target.checked)}
          />
          <span>
            And the {counted(below, 'workspace')} below it{known === null ? ', with all below those' : ''}.{' '}
            <span className="text-soft">Children are drained first.</span>
          </span>
        </label>
      )}
      <WaitChoice seconds={deadline} active={card.active_tasks} after="when it is resumed" onChange={setDeadline} />
      {refusal !== null && (
        <p role="alert" data-tone="bad" className="rounded-md bg-tint px-3 py-2 text-sm wrap-anywhere" dir="auto">
          {plainText(refusal)}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Button look="primary" disabled={busy} onClick={() => void pause()}>
          {busy ? 'Pausing…' : below > 0 && subtree ? (known === null ? 'Pause all of them' : `Pause all ${below + 1}`) : 'Pause'}
        </Button>
      </div>
    </Dialog>
  );
}
