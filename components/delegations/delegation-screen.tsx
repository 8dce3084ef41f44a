'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useCallback, useState } from 'react';
import { PageTrail } from '#components/restarts/page-trail.tsx';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { plainText } from '#components/ui/plain-text.ts';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { delegationKeys, fetchDelegation } from '#lib/client/delegations.ts';
import type { DelegationDetail } from '#lib/contract/delegations.ts';
import type { EventType, LedgerEvent } from '#lib/contract/events.ts';
import { AgentWords } from './agent-words.tsx';
import { CancelDialog } from './cancel-dialog.tsx';
import { DelegationActions } from './delegation-actions.tsx';
import { DelegationFacts } from './delegation-facts.tsx';
import { DelegationMark } from './delegation-mark.tsx';
import { DelegationSteps } from './delegation-steps.tsx';
import { hasEnded, nameOr } from './delegation-words.ts';

const EVENTS: readonly EventType[] = ['delegation.changed'];
/** The moves between its beginning and its end are not in the ledger. */
const EVERY_MS = 2_000;

/** One delegation: the whole task and result, its states with times, what can be done. */
export function DelegationScreen({ id, initial }: { id: string; initial: DelegationDetail }) {
  const router = useRouter();
  const [cancelling, setCancelling] = useState(false);
  const ofThis = useCallback((event: LedgerEvent) => (event.data as { delegation_id?: unknown }).delegation_id === id, [id]);
  useRefetchOn(delegationKeys.one(id), EVENTS, ofThis);
  const { data, error, refetch } = useQuery({
    queryKey: delegationKeys.one(id),
    queryFn: ({ signal }) => fetchDelegation(id, signal),
    refetchInterval: ({ state }) => (state.data?.ended_at === null ? EVERY_MS : false),
    gcTime: 60_000,
    initialData: initial,
  });
  const source = plainText(nameOr(data.source_name, data.source_id));
  const target = plainText(nameOr(data.target_name, data.target_id));
  const ended = hasEnded(data.status);
  return (
    <main className="mx-auto grid w-full max-w-6xl gap-4 px-3 py-4 sm:px-5">
      <header className="grid gap-2">
        <PageTrail way={[{ href: '/delegations', name: 'Delegations' }]} />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold wrap-anywhere">
            <Name id={data.source_id} name={source} />
            <span aria-hidden="true" className="px-2 font-normal text-faint">
              →
            </span>
            <span className="sr-only"> asked </span>
            <Name id={data.target_id} name={target} />
          </h1>
          <p role="status">
            <DelegationMark delegation={data} />
          </p>
        </div>
      </header>
      {error !== null && <PanelFailure what="This delegation" error={error} onRetry={() => void refetch()} />}
      {data.stuck !== null && (
        <p role="alert" data-tone="bad" className="rounded-lg border border-tone/45 bg-tint px-4 py-3 font-medium wrap-anywhere" dir="auto">
          {plainText(data.stuck.why)}
        </p>
      )}
      {data.waits_for !== '' && data.stuck === null && (
        <p data-tone="warn" className="rounded-lg border border-tone/45 bg-tint px-4 py-3 font-medium wrap-anywhere" dir="auto">
          It waits: {plainText(data.waits_for)}.
        </p>
      )}
      {ended && data.error !== '' && (
        <p data-tone="bad" className="rounded-lg border border-tone/45 bg-tint px-4 py-3 font-medium wrap-anywhere" dir="auto">
          {plainText(data.error)}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2 empty:hidden">
        <DelegationActions
          delegation={data}
          onCancel={() => setCancelling(true)}
          onAnew={(anew) => router.push(`/delegations/${encodeURIComponent(anew.delegation_id)}`)}
        />
      </div>
      {cancelling && <CancelDialog delegation={data} onClose={() => setCancelling(false)} />}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-4">
          <Panel id="task" title="What was asked">
            {data.task.trim() === '' ? <p className="text-sm text-faint">No text.</p> : <AgentWords by={source} text={data.task} />}
          </Panel>
          <Panel id="result" title="What came back">
            {data.response.trim() === '' ? (
              <p className="text-sm text-faint">{ended ? 'Nothing: it came to no answer.' : 'Nothing yet.'}</p>
            ) : (
              <AgentWords
                by={target}
                text={data.response}
                {...(data.response_cut ? { note: 'longer than what is kept: its end is cut off' } : {})}
              />
            )}
          </Panel>
        </div>
        <div className="grid min-w-0 gap-4">
          <Panel id="states" title="What happened">
            <DelegationSteps delegation={data} />
          </Panel>
          <Panel id="facts" title="About it">
            <DelegationFacts delegation={data} />
          </Panel>
        </div>
      </div>
    </main>
  );
}

function Name({ id, name }: { id: string; name: string }) {
  return (
    <Link className="underline-offset-4 hover:underline" href={`/w/${encodeURIComponent(id)}`} prefetch={false}>
      <bdi>{name}</bdi>
    </Link>
  );
}
