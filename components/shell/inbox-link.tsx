'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { inboxKeys } from '#lib/client/inbox.ts';
import { preferencesKey } from '#lib/client/preferences.ts';
import { createRefresh } from '#lib/client/refresh.ts';
import { hearTabs } from '#lib/client/tabs.ts';
import { countedTitle, fetchUnread, unreadKey, unreadText } from '#lib/client/unread.ts';
import { useLive } from './canvas-live.tsx';
import { usePlace } from './place.tsx';
import { useRefetchAfterGap } from './use-refetch-on.ts';

/** A flood of news is one look at the inbox in this time. */
const AT_MOST_EVERY_MS = 1_000;

/**
 * How many incidents that need a person are unread, live; the tab's title says the count. While this is on the page
 * everything of the inbox is refetched when there is news; after a gap each part of it asks for itself.
 */
export function useUnread(): number {
  const client = useQueryClient();
  const live = useLive();
  const { data } = useQuery({ queryKey: unreadKey, queryFn: ({ signal }) => fetchUnread(signal), initialData: usePlace().unread });
  useRefetchAfterGap(unreadKey);
  useEffect(() => {
    const refresh = createRefresh(() => client.invalidateQueries({ queryKey: inboxKeys.all }), AT_MOST_EVERY_MS);
    const stops = [
      live.onLedger((event) => {
        if (event.type === 'incident.changed') refresh.soon();
      }),
      hearTabs(() => {
        refresh.soon();
        void client.invalidateQueries({ queryKey: preferencesKey });
      }),
      refresh.stop,
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [client, live]);
  useEffect(() => {
    const say = () => {
      const title = countedTitle(document.title, data);
      if (title !== document.title) document.title = title;
    };
    say();
    // Each page writes its own title when it is gone to.
    const written = new MutationObserver(say);
    written.observe(document.head, { childList: true, characterData: true, subtree: true });
    return () => written.disconnect();
  }, [data]);
  return data;
}

/** The count beside a word or an icon that says what it counts; nothing when nothing is unread. */
export function UnreadBadge({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <span className="min-w-4.5 rounded-full bg-accent px-1 text-center text-xs leading-4.5 font-semibold text-on-accent">
      {unreadText(count)}
      <span className="sr-only"> unread</span>
    </span>
  );
}
