'use client';

import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { PageTrail } from '#components/restarts/page-trail.tsx';
import { RunTook } from '#components/restarts/run-took.tsx';
import { deadlineWords } from '#components/restarts/run-words.ts';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchBulk, runKeys } from '#lib/client/restart-runs.ts';
import type { BulkRestartDetail } from '#lib/contract/bulk-restarts.ts';
import type { EventType, LedgerEvent } from '#lib/contract/events.ts';
import { BulkActions } from './bulk-actions.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { BulkItems } from './bulk-items.tsx';
import { BulkMark } from './bulk-mark.tsx';
import { countsWords, totalOf } from './bulk-words.ts';

const EVENTS: readonly EventType[] = ['bulk.changed', 'restart.step'];
const EVERY_MS = 3_000;

/** A restart of many: how far it is, what became of each, and the brakes. */
export function BulkScreen({ id, initial }: { id: string; initial: BulkRestartDetail }) {
  const mine = useCallback((event: LedgerEvent) => event.type !== 'bulk.changed' || event.data.bulk_id === id, [id]);
  useRefetchOn(runKeys.bulk(id), EVENTS, mine);
  const {
    data: bulk,
    error,
    refetch,
  } = useQuery({
    queryKey: runKeys.bulk(id),
    queryFn: ({ signal }) => fetchBulk(id, signal),
    refetchInterval: ({ state }) => (state.data?.ended_at === null ? EVERY_MS : false),
    initialData: initial,
  });
  return (
    <main className="mx-auto grid w-full max-w-6xl gap-4 px-3 py-4 sm:px-5">
      <header className="grid gap-2">
        <PageTrail
          way={[
            { href: '/restarts', name: 'Restarts' },
            { href: '/restarts?show=bulk', name: 'Many at once' },
          ]}
        />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h1 className="text-xl font-semibold">Restart of {formatCount(totalOf(bulk.counts))} workspaces</h1>
          <p role="status">
            <BulkMark bulk={bulk} />
          </p>
          <div className="ml-auto">
            <BulkActions bulk={bulk} />
          </div>
        </div>
        <p className="text-sm wrap-anywhere text-soft" dir="auto">
          asked for by {plainText(bulk.actor.name)} at <LocalTime at={bulk.requested_at} />
          {bulk.reason !== null && bulk.reason !== '' && `: “${plainText(bulk.reason)}”`}
        </p>
      </header>
      {error !== null && <PanelFailure what="This restart of many" error={error} onRetry={() => void refetch()} />}
      {bulk.why !== '' && (
        <p role="alert" data-tone="warn" className="rounded-lg border border-tone/45 bg-tint px-4 py-3 text-sm wrap-anywhere" dir="auto">
          {plainText(bulk.why)}
        </p>
      )}
      <section aria-label="Progress" className="grid gap-2 rounded-lg border border-line bg-panel p-4">
        <BulkBar counts={bulk.counts} />
        <p className="flex flex-wrap justify-between gap-x-4 gap-y-1 text-sm text-soft">
          <span>{countsWords(bulk.counts)}</span>
          <span>
            {bulk.ended_at === null ? 'for ' : 'took '}
            <RunTook from={bulk.requested_at} to={bulk.ended_at} />
          </span>
        </p>
        <p className="text-xs text-faint">{rulesOf(bulk)}</p>
      </section>
      <h2 className="sr-only">Each of them</h2>
      <BulkItems bulk={bulk} />
    </main>
  );
}

/** What was decided at its beginning, in a sentence. */
function rulesOf(bulk: BulkRestartDetail): string {
  const busy = bulk.busy === 'skip' ? 'what is busy is skipped' : `work in flight may take ${deadlineWords(bulk.deadline_seconds)}`;
  const stop =
    bulk.stop_after_failures === null
      ? 'it does not stop for failures'
      : `it pauses after ${formatCount(bulk.stop_after_failures)} ${bulk.stop_after_failures === 1 ? 'failure' : 'failures'}`;
  return `${formatCount(bulk.concurrency)} at a time; ${bulk.force ? 'work in flight is cancelled' : busy}; ${stop}.`;
}
