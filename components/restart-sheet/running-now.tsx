'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { counted } from '#components/restarts/run-words.ts';
import { Age } from '#components/ui/age.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import type { InFlightTask } from '#lib/contract/heartbeat.ts';
import type { QueuePage } from '#lib/contract/messages.ts';
import type { RestartPreview } from '#lib/contract/restarts.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { Part, PartList, PartLoading, PartRow } from './part.tsx';

const MOST_QUEUED = 5;

interface RunningNowProps {
  card: WorkspaceCard;
  preview: UseQueryResult<RestartPreview>;
  queue: UseQueryResult<QueuePage>;
  /** What the runtime itself names as at work. */
  named: readonly InFlightTask[];
}

/** What is at work, with its age, and what waits already. */
export function RunningNow({ card, preview, queue, named }: RunningNowProps) {
  const { data, error, refetch } = preview;
  const active = Math.max(card.active_tasks, named.length);
  // What is with the agent now is among its tasks.
  const queued = queue.data?.items.filter(({ state }) => state !== 'delivering') ?? [];
  const parts = [active === 0 ? 'nothing in flight' : counted(active, 'task')];
  if (queue.data && queue.data.waiting > 0) parts.push(`${counted(queue.data.waiting, 'message')} queued`);
  const waited = data?.delegations ?? [];
  if (waited.length > 0) parts.push(`waits for ${counted(waited.length, 'answer')}`);
  const failing = error !== null && data === undefined;
  return (
    <Part id="now" title="Running now" note={data || failing ? parts.join(', ') : undefined}>
      {failing && <PanelFailure what="What is running" error={error} onRetry={() => void refetch()} />}
      {!data && !failing ? (
        <PartLoading what="what is running" rows={2} />
      ) : (
        <PartList>
          <Tasks tasks={named.length > 0 ? named : (data?.in_flight ?? [])} active={active} current={card.current_task} />
          {queued.slice(0, MOST_QUEUED).map((message) => (
            <PartRow key={message.queue_id} quiet end={message.state === 'failed' ? 'failed' : 'kept, delivered after'}>
              Queued: {plainText(message.summary)} from {plainText(message.sender_name)}
            </PartRow>
          ))}
          {waited.map((one) => (
            <PartRow
              key={one.delegation_id}
              quiet
              end={
                <>
                  asked <Age at={one.created_at} /> ago
                </>
              }
            >
              Waits for {plainText(one.target_name)}: {plainText(one.summary)}
            </PartRow>
          ))}
          {queued.length > MOST_QUEUED && <PartRow quiet>and {counted(queued.length - MOST_QUEUED, 'more', 'more')} that wait</PartRow>}
        </PartList>
      )}
    </Part>
  );
}

/** The tasks by name, as far as the runtime names them. */
function Tasks({ tasks, active, current }: { tasks: readonly InFlightTask[]; active: number; current: string }) {
  const unnamed = Math.max(0, active - tasks.length);
  if (tasks.length === 0 && unnamed === 0) return <PartRow quiet>Nothing is at work.</PartRow>;
  return (
    <>
      {tasks.map((task) => (
        <TaskRow key={task.id} task={task} />
      ))}
      {unnamed > 0 && (
        <PartRow end={tasks.length === 0 ? 'as its last beat says' : undefined}>
          {tasks.length > 0
            ? `and ${counted(unnamed, 'more', 'more')}, without a name`
            : current === ''
              ? counted(unnamed, 'task')
              : `${plainText(current)}${unnamed > 1 ? `, and ${unnamed - 1} more` : ''}`}
        </PartRow>
      )}
    </>
  );
}

export function TaskRow({ task, ended = false }: { task: InFlightTask; ended?: boolean }) {
  const summary = plainText(task.summary ?? '').trim();
  return (
    <PartRow
      quiet={ended}
      end={
        ended ? (
          'ended'
        ) : task.started_at === undefined ? undefined : (
          <>
            started <Age at={task.started_at} /> ago
          </>
        )
      }
    >
      {summary === '' ? `Task ${plainText(task.id)}` : summary}
    </PartRow>
  );
}
