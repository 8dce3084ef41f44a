'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { MessageList } from '#components/queue/message-list.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { fetchQueue, runKeys } from '#lib/client/restart-runs.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { queueWords } from './run-words.ts';

/** The messages that this run held back, and what became of them. */
export function RunMessages({ run }: { run: RestartRunDetail }) {
  const { data, error, refetch } = useQuery({
    queryKey: runKeys.queue(run.workspace_id, 'all'),
    queryFn: ({ signal }) => fetchQueue(run.workspace_id, 'all', signal),
    staleTime: 0,
  });
  const { waiting, delivered, failed } = run.queue;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other numbers mean another list
  useEffect(() => void refetch(), [waiting, delivered, failed, refetch]);
  const held = data?.items.filter((message) => message.run_id === run.id) ?? [];
  return (
    <div className="grid gap-2">
      <p className="text-sm">
        {queueWords(run.queue) === 'none' ? <span className="text-faint">None was held back.</span> : queueWords(run.queue)}
      </p>
      {error !== null && <PanelFailure what="The messages" error={error} onRetry={() => void refetch()} />}
      {held.length > 0 && <MessageList items={held} />}
    </div>
  );
}
