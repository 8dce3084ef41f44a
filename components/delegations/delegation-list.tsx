'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { Button } from '#components/ui/button.tsx';
import { StripList, StripsLoading } from '#components/ui/strips.tsx';
import { useFirstPaint } from '#components/ui/use-first-paint.ts';
import { useLastKnown } from '#components/ui/use-last-known.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { type DelegationFilter, delegationKeys, fetchDelegations } from '#lib/client/delegations.ts';
import type { DelegationPage, ShownDelegation } from '#lib/contract/delegations.ts';
import type { EventType } from '#lib/contract/events.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { DelegationRow } from './delegation-row.tsx';
import { useRowKeys } from './use-row-keys.ts';

const EVENTS: readonly EventType[] = ['delegation.changed'];
const PAGE = 50;
/** The ledger tells of the beginning, a wait and the end; the moves between them, and what is stuck, show by asking again. */
const EVERY_MS = 5_000;

function hasOpen(page: DelegationPage): boolean {
  return page.items.some(({ ended_at }) => ended_at === null);
}

/** Delegations as filtered, newest first, a page at a time; live. What cannot be had leaves the list that was there before, and says so. */
export function useDelegations(filter: DelegationFilter, initial: DelegationPage | null) {
  useRefetchOn(delegationKeys.lists, EVENTS);
  const first = useFirstPaint(initial);
  const list = useInfiniteQuery({
    queryKey: delegationKeys.list(filter),
    queryFn: ({ pageParam, signal }) => fetchDelegations(filter, { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: DelegationPage) => page.next,
    refetchInterval: ({ state }) => (state.data?.pages.some(hasOpen) === true ? EVERY_MS : false),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    ...(first === null ? {} : { initialData: { pages: [first], pageParams: [null] } }),
  });
  const data = useLastKnown(list.data);
  return { ...list, data, isOther: data !== undefined && (list.isPlaceholderData || list.data === undefined) };
}

/** `empty` is shown when there is nothing. `of`: the workspace whose page this is, which need not be named. */
export function DelegationList({
  list,
  empty,
  of = null,
}: {
  list: ReturnType<typeof useDelegations>;
  empty: ReactNode;
  of?: string | null;
}) {
  const { data, isOther, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = list;
  const box = useRef<HTMLDivElement>(null);
  const [cancelling, setCancelling] = useState<ShownDelegation | null>(null);
  const asked = useRef<string | null>(null);
  useEffect(() => {
    // The button that opened the dialog may be gone by the time it closes: the keyboard stays in the row.
    if (cancelling === null && asked.current !== null && document.activeElement === document.body)
      box.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(asked.current)}"] a`)?.focus({ preventScroll: true });
    asked.current = cancelling?.delegation_id ?? null;
  }, [cancelling]);
  useRowKeys(box);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div ref={box} aria-busy={isOther && error === null} className="grid min-w-0 gap-3">
      {error !== null && <PanelFailure what="The list of delegations" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <StripsLoading what="the delegations" count={4} />}
      {data !== undefined && items.length === 0 && error === null && !isOther && empty}
      {items.length > 0 && (
        <div className={`transition-opacity ${isOther ? 'opacity-60' : ''}`}>
          <StripList>
            {items.map((delegation) => (
              <DelegationRow key={delegation.delegation_id} delegation={delegation} of={of} onCancel={setCancelling} />
            ))}
          </StripList>
        </div>
      )}
      {cancelling !== null && <CancelDialog delegation={cancelling} onClose={() => setCancelling(null)} />}
      {hasNextPage && (
        <div className="flex justify-center">
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Fetching older ones…' : 'Show older ones'}
          </Button>
        </div>
      )}
    </div>
  );
}
