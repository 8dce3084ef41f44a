'use client';

import { useQuery } from '@tanstack/react-query';
import { useMemo, useSyncExternalStore } from 'react';
import { useActivity } from '#components/activity/use-activity.ts';
import { pageClock } from '#lib/client/clock.ts';
import { conversationWith, type SentTurn } from '#lib/client/conversation.ts';
import { fetchQueue, runKeys } from '#lib/client/restart-runs.ts';
import { newMessageId } from '#lib/client/send-message.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';
import { newestContext, type Turn, turnsOf } from './turns.ts';

const BY_PEOPLE = { type: 'a2a_receive', source: 'canvas' } as const;
const NOTHING_SENT: readonly SentTurn[] = [];

/** What people said to a workspace and what it answered: from its log, its queue and this page. */
export function useConversation(id: string, initial: ActivityRow[] | null) {
  const talk = conversationWith(id);
  const sent = useSyncExternalStore(talk.subscribe, talk.read, () => NOTHING_SENT);
  const activity = useActivity(id, BY_PEOPLE, initial);
  const queue = useQuery({
    queryKey: runKeys.queue(id, 'open'),
    queryFn: ({ signal }) => fetchQueue(id, 'open', signal),
    gcTime: 60_000,
  });
  const { rows } = activity;
  const waiting = queue.data?.items;
  const turns: readonly Turn[] = useMemo(() => turnsOf(rows ?? [], waiting ?? [], sent), [rows, waiting, sent]);
  const send = async (text: string) => {
    talk.contextId ??= newestContext(turns) ?? newMessageId(pageClock.now());
    const sending = talk.send(text, talk.contextId);
    await sending;
    await Promise.all([activity.freshen(), queue.refetch()]).catch(() => undefined);
  };
  return {
    turns,
    activity,
    send,
    stop: talk.stop,
    talk,
    /** What is sent next belongs to no conversation that was. */
    beginAnew: () => {
      talk.contextId = newMessageId(pageClock.now());
    },
  };
}
