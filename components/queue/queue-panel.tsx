'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useRefetchOn } from '#components/shell/use-refetch-on.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { useFirstPaint } from '#components/ui/use-first-paint.ts';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchQueue, type QueueFilter, retryMessage, runKeys } from '#lib/client/restart-runs.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { EventType } from '#lib/contract/events.ts';
import type { QueuedMessage, QueuePage } from '#lib/contract/messages.ts';
import { DropDialog } from './drop-dialog.tsx';
import { MessageList } from './message-list.tsx';
import { mayDrop, mayRetry } from './message-words.ts';
import { WakeSwitch } from './wake-switch.tsx';

const EVENTS: readonly EventType[] = ['message.failed', 'message.expired', 'message.dropped', 'message.retried'];

interface QueuePanelProps {
  id: string;
  /** The card's count, live: another one means another list. */
  queued: number;
  /** Null where Canvas cannot start it: then nothing can wake it. */
  wakeOnMessage: boolean | null;
  initial: QueuePage;
}

/** Messages to it that wait or failed, and what can be done about them. */
export function QueuePanel({ id, queued, wakeOnMessage, initial }: QueuePanelProps) {
  const client = useQueryClient();
  const [filter, setFilter] = useState<QueueFilter>('open');
  const [dropping, setDropping] = useState<QueuedMessage | null>(null);
  useRefetchOn(['queue', id], EVENTS);
  const first = useFirstPaint(initial);
  const { data, error, refetch } = useQuery({
    queryKey: runKeys.queue(id, filter),
    queryFn: ({ signal }) => fetchQueue(id, filter, signal),
    gcTime: 60_000,
    ...(first === null ? {} : { initialData: first }),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another count means another list
  useEffect(() => void client.invalidateQueries({ queryKey: ['queue', id] }), [client, id, queued]);
  const retry = async (message: QueuedMessage) => {
    await tell(retryMessage(id, message.queue_id), 'It is delivered again, with the same id.');
    await client.invalidateQueries({ queryKey: ['queue', id] });
  };
  return (
    <Panel
      id="queue"
      title="Messages to it"
      note={data === undefined ? undefined : countsNote(data)}
      actions={
        <Button small aria-pressed={filter === 'all'} onClick={() => setFilter(filter === 'all' ? 'open' : 'all')}>
          {filter === 'all' ? 'Only open ones' : 'With past ones'}
        </Button>
      }
    >
      {error !== null && <PanelFailure what="The list of messages" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <div role="status" aria-label="Loading the messages" className="h-16 animate-pulse rounded-md bg-text/5" />
      )}
      {data?.items.length === 0 && error === null && (
        <p className="text-sm text-faint">
          None waits. What comes while it is busy or away is kept, and delivered in order when it is back.
        </p>
      )}
      {data !== undefined && data.items.length > 0 && (
        <MessageList
          scrolls
          items={data.items}
          actions={(message) => (
            <>
              {mayRetry(message.state) && (
                <Button small onClick={() => void retry(message)}>
                  Retry
                </Button>
              )}
              {mayDrop(message.state) && (
                <Button small look="quiet" onClick={() => setDropping(message)}>
                  Drop…
                </Button>
              )}
            </>
          )}
        />
      )}
      {wakeOnMessage !== null && <WakeSwitch id={id} on={wakeOnMessage} />}
      {dropping !== null && <DropDialog message={dropping} onClose={() => setDropping(null)} />}
    </Panel>
  );
}

function countsNote({ waiting, failed }: QueuePage): string | undefined {
  const parts: string[] = [];
  if (waiting > 0) parts.push(`${formatCount(waiting)} waiting`);
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  return parts.length === 0 ? undefined : parts.join(', ');
}
