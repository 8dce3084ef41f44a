'use client';

import { useId } from 'react';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { LastRestart } from './last-restart.tsx';
import { RunningNow } from './running-now.tsx';
import type { useSheetData } from './use-sheet-data.ts';
import { type Deadline, WaitChoice } from './wait-choice.tsx';
import { WhatIsKept } from './what-is-kept.tsx';

const MAX_REASON_CHARS = 500;

interface AskPartsProps {
  card: WorkspaceCard;
  data: ReturnType<typeof useSheetData>;
  drainOnly: boolean;
  /** Whether there is work to wait for at all: a paused one has none. */
  waits: boolean;
  deadline: Deadline;
  onDeadline: (seconds: Deadline) => void;
  reason: string;
  onReason: (reason: string) => void;
}

/** What somebody needs to see before they decide, and what they may choose. */
export function AskParts({ card, data, drainOnly, waits, deadline, onDeadline, reason, onReason }: AskPartsProps) {
  const id = useId();
  return (
    <>
      <RunningNow card={card} preview={data.preview} queue={data.queue} named={data.live.data?.in_flight ?? []} />
      <WhatIsKept live={data.live} />
      {waits && (
        <WaitChoice
          seconds={deadline}
          active={card.active_tasks}
          after={drainOnly ? 'when it takes messages again' : 'after the restart'}
          onChange={onDeadline}
        />
      )}
      {waits && (
        <div className="grid gap-1.5">
          <label htmlFor={id} className="text-sm font-semibold">
            Reason <span className="font-normal text-faint">optional, for whoever looks at it later</span>
          </label>
          <input
            id={id}
            value={reason}
            maxLength={MAX_REASON_CHARS}
            autoComplete="off"
            className="h-9 w-full rounded-md border border-line bg-bg px-3 text-sm hover:border-line-strong coarse:h-11 coarse:text-base"
            onChange={(event) => onReason(event.target.value)}
          />
        </div>
      )}
      <LastRestart run={data.preview.data?.last_run ?? null} />
    </>
  );
}
