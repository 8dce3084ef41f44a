'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useId, useState } from 'react';
import { counted } from '#components/restarts/run-words.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { Sheet } from '#components/ui/sheet.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { previewBulk, startBulk } from '#lib/client/restart-runs.ts';
import { fleetSelection } from '#lib/client/selection.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { BulkPreview } from '#lib/contract/bulk-restarts.ts';
import { BulkRules, FIRST_RULES } from './bulk-rules.tsx';
import { BulkSet } from './bulk-set.tsx';

/** Asks everything about a restart of many, and begins it over exactly those that it shows. */
export function BulkSheet({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const router = useRouter();
  const form = useId();
  const [rules, setRules] = useState(FIRST_RULES);
  const [busy, setBusy] = useState(false);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['bulk-preview', rules.busy, ids],
    queryFn: (): Promise<BulkPreview> => previewBulk({ ids: [...ids], busy: rules.busy }),
    gcTime: 0,
    placeholderData: (last) => last,
  });
  const begin = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chosen = data?.items.filter((item) => item.skip === '').map((item) => item.workspace_id) ?? [];
    if (chosen.length === 0) return;
    setBusy(true);
    const begun = await tell(startBulk({ ids: chosen, ...rules, reason: rules.reason.trim() === '' ? null : rules.reason.trim() }), null);
    setBusy(false);
    if (begun === undefined) return;
    fleetSelection.turnOff();
    onClose();
    router.push(`/restarts/bulk/${encodeURIComponent(begun.id)}`);
  };
  return (
    <Sheet
      title={`Drain and restart ${counted(ids.length, 'workspace')}`}
      note="Each is drained, saved, stopped, started and restored, like a single one."
      foot={
        <div className="flex flex-wrap items-center justify-end gap-2">
          <p className="mr-auto text-xs text-faint">Exactly those listed. Each is looked at again when its turn comes.</p>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={form} look="primary" disabled={busy || isFetching || data === undefined || data.restarting === 0}>
            Restart {data === undefined ? 'them' : formatCount(data.restarting)}
          </Button>
        </div>
      }
      onClose={onClose}
    >
      {error !== null && <PanelFailure what="The list" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <div role="status" aria-label="Looking at them" className="h-48 animate-pulse rounded-md bg-text/5" />
      )}
      {data !== undefined && <BulkSet preview={data} onLookAgain={() => void refetch()} />}
      <form id={form} onSubmit={begin} className="grid gap-5">
        <BulkRules rules={rules} onChange={setRules} />
      </form>
    </Sheet>
  );
}
