'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { counted } from '#components/restarts/run-words.ts';
import { Elapsed } from '#components/ui/countdown.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import type { QueuePage } from '#lib/contract/messages.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { Part, PartList, PartRow } from './part.tsx';
import { RunResult } from './run-result.tsx';
import { RunSteps } from './run-steps.tsx';
import { TaskRow } from './running-now.tsx';

interface RunProgressProps {
  run: RestartRunDetail;
  /** Tasks still at work, as last heard. */
  left: number;
  queue: UseQueryResult<QueuePage>;
}

/** A run under way or over: its steps, what is still at work, what waits, what came back. */
export function RunProgress({ run, left, queue }: RunProgressProps) {
  const draining = run.state === 'signalled' || run.state === 'draining';
  return (
    <>
      <RunSteps run={run} left={left} />
      {draining && <StillRunning run={run} left={left} />}
      {run.unfinished.length > 0 && (
        <Part
          id="cut"
          title="Cut off"
          note={`${run.snapshot_id === null ? '' : 'listed in the snapshot; '}what came as a message is delivered again`}
        >
          <PartList>
            {run.unfinished.map((task) => (
              <TaskRow key={task.id} task={task} />
            ))}
          </PartList>
        </Part>
      )}
      {run.ended_at !== null && run.id !== '' && <RunResult run={run} />}
      <Waiting queue={queue} ended={run.ended_at !== null} />
    </>
  );
}

/** What was at work when it was signalled; what has ended since stays in its place, quiet. */
function StillRunning({ run, left }: { run: RestartRunDetail; left: number }) {
  const still = new Set(run.still_in_flight.map(({ id }) => id));
  const known = [...run.in_flight, ...run.still_in_flight.filter(({ id }) => run.in_flight.every((task) => task.id !== id))];
  if (known.length === 0 && left === 0) return null;
  return (
    <Part id="still" title="Still running" note={left === 0 ? 'nothing' : counted(left, 'task')}>
      <PartList>
        {known.map((task) => (
          <TaskRow key={task.id} task={task} ended={!still.has(task.id)} />
        ))}
        {known.length === 0 && <PartRow>{counted(left, 'task')}; its runtime does not name them</PartRow>}
      </PartList>
    </Part>
  );
}

function Waiting({ queue, ended }: { queue: UseQueryResult<QueuePage>; ended: boolean }) {
  const { data, error, refetch } = queue;
  if (error !== null && data === undefined)
    return <PanelFailure what="The list of what waits" error={error} onRetry={() => void refetch()} />;
  // What is with the agent now waits no longer.
  const items = data?.items.filter(({ state }) => state !== 'delivering') ?? [];
  if (items.length === 0) return null;
  return (
    <Part id="waiting" title="Waiting for it" note={ended ? undefined : 'delivered in this order when it is back'}>
      <PartList>
        {items.map((message) => (
          <PartRow
            key={message.queue_id}
            end={
              message.state === 'waiting' ? (
                <>
                  queued <Elapsed at={message.created_at} />
                </>
              ) : (
                message.state
              )
            }
          >
            {plainText(message.summary)} <span className="text-faint">from {plainText(message.sender_name)}</span>
            {message.redelivered && <span className="text-faint"> · again</span>}
          </PartRow>
        ))}
      </PartList>
    </Part>
  );
}
