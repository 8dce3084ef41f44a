'use client';

import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { useCatchUp } from '#components/shell/canvas-live.tsx';
import { type ActivityFilter, activityKey, fetchActivity, withNewest } from '#lib/client/activity.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';

const PAGE = 50;
/** The stream does not carry activity: there is far too much of it. Whoever looks on asks. */
const EVERY_MS = 3_000;

/** The activity of a workspace, newest first; older pages on demand, the newest as they come while the page is looked at. */
export function useActivity(id: string, filter: ActivityFilter, initial: ActivityRow[] | null = null) {
  const client = useQueryClient();
  const key = JSON.stringify(activityKey(id, filter));
  const query = useInfiniteQuery({
    queryKey: activityKey(id, filter),
    queryFn: ({ pageParam, signal }) => fetchActivity(id, filter, { limit: PAGE, before: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: ActivityRow[]) => (page.length < PAGE ? null : (page.at(-1)?.id ?? null)),
    gcTime: 60_000,
    ...(initial === null ? {} : { initialData: { pages: [initial], pageParams: [null] } }),
  });
  const freshen = useCallback(
    async (signal?: AbortSignal) => {
      const queryKey = JSON.parse(key) as ReturnType<typeof activityKey>;
      const { id: of, ...kept } = queryKey[1];
      if (client.getQueryData(queryKey) === undefined) return;
      const newest = await fetchActivity(of, kept, { limit: PAGE }, signal);
      client.setQueryData<InfiniteData<ActivityRow[], string | null>>(queryKey, (before) => {
        if (before === undefined) return before;
        const pages = withNewest(before.pages, newest);
        return { pages, pageParams: before.pageParams.slice(0, pages.length) };
      });
    },
    [client, key],
  );
  useCatchUp(freshen);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void freshen().catch(() => undefined);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [freshen]);
  return { ...query, rows: query.data?.pages.flat() ?? null, freshen };
}
