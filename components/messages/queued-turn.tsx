'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { DropDialog } from '#components/queue/drop-dialog.tsx';
import { MESSAGE_LABEL, MESSAGE_TONE, mayDrop } from '#components/queue/message-words.ts';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { heardMore, NOTHING_HEARD } from '#lib/client/a2a-answer.ts';
import { fetchQueued, runKeys } from '#lib/client/restart-runs.ts';
import type { MessageState } from '#lib/contract/messages.ts';
import { AnswerText } from './answer-text.tsx';

const EVERY_MS = 2_000;
const isOpen = (state: MessageState) => state === 'waiting' || state === 'delivering';

/** A message that the platform keeps: where it is, why it waits, and its answer once it is there. */
export function QueuedTurn({ id, queueId, onEnd }: { id: string; queueId: string; onEnd: () => void }) {
  const client = useQueryClient();
  const [dropping, setDropping] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: runKeys.queued(id, queueId),
    queryFn: ({ signal }) => fetchQueued(id, queueId, signal),
    refetchInterval: ({ state }) => (state.data === undefined || isOpen(state.data.state) ? EVERY_MS : false),
    staleTime: 0,
    gcTime: 60_000,
  });
  const ended = data !== undefined && !isOpen(data.state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when it has ended
  useEffect(() => {
    if (ended) onEnd();
  }, [ended]);
  if (data === undefined) {
    if (error !== null) return <PanelFailure what="Where this message is" error={error} onRetry={() => void refetch()} />;
    return <div role="status" aria-label="Loading where it is" className="h-10 animate-pulse rounded-md bg-text/5" />;
  }
  if (data.state === 'answered') {
    const { text } = heardMore(NOTHING_HEARD, data.answer);
    return <AnswerText text={text} growing={false} />;
  }
  return (
    <div data-tone={MESSAGE_TONE[data.state]} className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-tint px-3 py-2 text-sm">
      <p role="status" className="min-w-0 flex-1 wrap-anywhere" dir="auto">
        <b className="font-medium text-tone">{isOpen(data.state) ? waits(data.state) : MESSAGE_LABEL[data.state]}</b>
        {data.why !== '' && `: ${plainText(data.why)}`}
        {isOpen(data.state) && (
          <span className="block text-xs text-soft">It is kept, also when you leave this page. The answer comes here.</span>
        )}
      </p>
      {mayDrop(data.state) && (
        <Button small look="quiet" onClick={() => setDropping(true)}>
          Drop…
        </Button>
      )}
      {dropping && (
        <DropDialog
          message={data}
          onClose={() => {
            setDropping(false);
            void client.invalidateQueries({ queryKey: runKeys.queued(id, queueId) });
          }}
        />
      )}
    </div>
  );
}

const waits = (state: MessageState) => (state === 'waiting' ? 'Queued' : 'With the agent');
