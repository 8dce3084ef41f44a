'use client';

import Link from 'next/link';
import { useCallback } from 'react';
import { useWorkspaceName } from '#components/fleet/use-workspace.ts';
import { Button } from '#components/ui/button.tsx';
import { SearchField } from '#components/ui/search-field.tsx';
import { NothingHere } from '#components/ui/strips.tsx';
import { ViewLinks } from '#components/ui/view-links.tsx';
import type { DelegationPage, ShownDelegation } from '#lib/contract/delegations.ts';
import { DelegationList, useDelegations } from './delegation-list.tsx';
import {
  DELEGATION_VIEW_LABEL,
  DELEGATION_VIEWS,
  type DelegationsQuery,
  delegationsAddress,
  filterOf,
  viewCounts,
} from './delegations-params.ts';
import { useDelegationsQuery } from './use-delegations-query.ts';
import { WorkspaceFilter } from './workspace-filter.tsx';

/** Who asked whom for what, and what came of it. `asked` is what `initial` was fetched for. */
export function DelegationsScreen({ asked, initial }: { asked: DelegationsQuery; initial: DelegationPage }) {
  const [query, change] = useDelegationsQuery();
  const same = delegationsAddress(query) === delegationsAddress(asked);
  const list = useDelegations(filterOf(query), same ? initial : null);
  const counts = viewCounts((list.data?.pages[0] ?? initial).counts);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const kept = useWorkspaceName(query.workspace === '' ? null : query.workspace);
  const search = useCallback((q: string) => change({ q }), [change]);
  return (
    <main className="mx-auto grid w-full max-w-6xl gap-4 px-3 py-4 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-xl font-semibold">Delegations</h1>
        <ViewLinks
          label="Which delegations"
          current={query.view}
          onGo={(view) => change({ view: DELEGATION_VIEWS.find((one) => one === view) ?? 'all' })}
          views={DELEGATION_VIEWS.map((view) => ({
            key: view,
            label: DELEGATION_VIEW_LABEL[view],
            href: delegationsAddress({ ...query, view }),
            count: counts[view],
          }))}
        />
      </div>
      <search className="flex flex-wrap items-center gap-2">
        <WorkspaceFilter
          chosen={query.workspace}
          known={kept ?? nameIn(items, query.workspace)}
          onChange={(workspace) => change({ workspace })}
        />
        <div className="min-w-40 flex-1 sm:max-w-sm">
          <SearchField label="Search the tasks" value={query.q} onChange={search} />
        </div>
        <p className="text-xs text-faint max-md:hidden">counts of what ended: the last 24 hours</p>
      </search>
      <DelegationList list={list} empty={<Empty query={query} onAll={() => change({ view: 'all', workspace: '', q: '' })} />} />
    </main>
  );
}

function nameIn(items: readonly ShownDelegation[], id: string): string | null {
  for (const one of items) {
    if (one.source_id === id) return one.source_name;
    if (one.target_id === id) return one.target_name;
  }
  return null;
}

const NONE: Record<DelegationsQuery['view'], string> = {
  all: 'No agent asked another one for anything yet',
  open: 'Nothing is open',
  stuck: 'Nothing is stuck',
  completed: 'None is completed yet',
  failed: 'None failed',
  expired: 'None expired',
};

function Empty({ query, onAll }: { query: DelegationsQuery; onAll: () => void }) {
  const filtered = query.workspace !== '' || query.q.trim() !== '';
  return (
    <NothingHere title={filtered ? 'No delegation is like that' : NONE[query.view]}>
      {filtered || query.view !== 'all' ? (
        <Button onClick={onAll}>Show all delegations</Button>
      ) : (
        <>
          <p className="max-w-md text-soft">
            An agent gives another one a task with the tool <code className="font-mono">delegate_task</code>, or over the API. Every one of
            them is written down here, with what came of it.
          </p>
          <Link className="font-medium text-accent underline underline-offset-4" href="/" prefetch={false}>
            Open the fleet
          </Link>
        </>
      )}
    </NothingHere>
  );
}
