'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useRefetchAfterGap } from '#components/shell/use-refetch-on.ts';
import { useFirstPaint } from '#components/ui/use-first-paint.ts';
import { useLastKnown } from '#components/ui/use-last-known.ts';
import { fetchInbox, type InboxFilter, inboxKeys } from '#lib/client/inbox.ts';
import type { InboxPage } from '#lib/contract/inbox.ts';

/**
 * The list as the address asks for it; the header's count has it refetched whenever there is news. While another list is
 * on its way, or cannot be had, the one before stays in sight.
 */
export function useInbox(filter: InboxFilter, initial: InboxPage | null) {
  const first = useFirstPaint(initial);
  const list = useInfiniteQuery({
    queryKey: inboxKeys.list(filter),
    queryFn: ({ pageParam, signal }) => fetchInbox(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: InboxPage) => page.next,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    staleTime: 1_000,
    ...(first === null ? {} : { initialData: { pages: [first], pageParams: [null] } }),
  });
  useRefetchAfterGap(inboxKeys.lists);
  const data = useLastKnown(list.data);
  return { ...list, data, isOther: data !== undefined && (list.isPlaceholderData || list.data === undefined) };
}
