'use client';

import { type InfiniteData, skipToken, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { useCatchUp } from '#components/shell/canvas-live.tsx';
import { type ActivityFilter, activityKey, fetchActivity, withNewest } from '#lib/client/activity.ts';
import type { WorkspaceEntry } from '#lib/client/apply-frame.ts';
import { workspaceKey } from '#lib/client/fleet-cache.ts';
import { createRefresh } from '#lib/client/refresh.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';

const PAGE = 50;
/** The stream tells that there is new activity, and not which: there is far too much of it. Much in a moment is one question. */
const AT_MOST_EVERY_MS = 400;
const AGAIN_MS = 3_000;
const writtenOf = ({ card }: WorkspaceEntry) => card.activity;

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
      // What is on its way may have been read before what is asked for now.
      if (client.getQueryData(queryKey) === undefined)
        await client
          .getQueryCache()
          .find({ queryKey })
          ?.promise?.catch(() => undefined);
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
  const { data: written } = useQuery({ queryKey: workspaceKey(id), queryFn: skipToken, select: writtenOf });
  const seen = useRef(written);
  const refresh = useRef<ReturnType<typeof createRefresh> | null>(null);
  useEffect(() => {
    const asking = createRefresh(freshen, AT_MOST_EVERY_MS, AGAIN_MS);
    refresh.current = asking;
    const look = () => {
      if (document.visibilityState === 'visible') asking.soon();
    };
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      asking.stop();
    };
  }, [freshen]);
  useEffect(() => {
    if (written === seen.current) return;
    seen.current = written;
    if (document.visibilityState === 'visible') refresh.current?.soon();
  }, [written]);
  return { ...query, rows: query.data?.pages.flat() ?? null, freshen };
}
