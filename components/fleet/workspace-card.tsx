'use client';

import Link from 'next/link';
import { memo } from 'react';
import { SelectBox } from '#components/bulk/select-box.tsx';
import { RestartButton } from '#components/restart-sheet/restart-button.tsx';
import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { StatusMark } from '#components/status/status-mark.tsx';
import { LinkPending } from '#components/ui/link-pending.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { WorkspaceMenu } from '#components/workspace/workspace-menu.tsx';
import { NEEDS_PERSON, type ShownState } from '#lib/contract/workspace-status.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import { CardBanner } from './card-banner.tsx';
import { CardFacts } from './card-facts.tsx';
import { CardTask } from './card-task.tsx';
import { HourBars } from './hour-bars.tsx';
import { PausedLine } from './paused-line.tsx';
import { QuietLine } from './quiet-line.tsx';
import { RunBanner } from './run-banner.tsx';
import { shownSince } from './shown-since.ts';
import { useWorkspace, useWorkspaceName } from './use-workspace.ts';
import { WaitingLine } from './waiting-line.tsx';

const SHOWS_RUN: Partial<Record<ShownState, true>> = { draining: true, restarting: true };

/** One workspace in the fleet. It hears of its own workspace alone, and takes an id so that a re-sort renders none of them. */
export const WorkspaceCardView = memo(function WorkspaceCardView({ id }: { id: string }) {
  const entry = useWorkspace(id);
  const parent = useWorkspaceName(entry?.card.parent_id ?? null);
  if (!entry) return null;
  const { card, bars } = entry;
  const state = shownState(card);
  const needs = NEEDS_PERSON[state];
  return (
    <article
      data-card={id}
      data-tone={SHOWN_TONE[state]}
      data-state={state}
      aria-labelledby={`name-${id}`}
      className={`group relative flex min-w-0 flex-col gap-2 rounded-lg border bg-panel px-3.5 py-3 stale:border-dashed hover:border-line-strong has-[h3>a:focus-visible]:outline-2 has-[h3>a:focus-visible]:outline-offset-2 has-[h3>a:focus-visible]:outline-accent compact:gap-1.5 compact:px-3 compact:py-2 ${needs ? 'border-tone/45' : 'border-line'}`}
    >
      <header className="grid min-w-0">
        <div className="flex min-w-0 items-center gap-2">
          <SelectBox id={id} name={plainText(card.name)} />
          <h3 id={`name-${id}`} className="min-w-0 flex-1 truncate font-semibold" dir="auto">
            <Link
              href={`/w/${encodeURIComponent(id)}`}
              prefetch={false}
              className="outline-none after:absolute after:inset-0 after:rounded-lg"
            >
              {plainText(card.name)}
              <LinkPending />
            </Link>
          </h3>
          <StatusMark state={state} since={shownSince(card, state)} />
          <div className="relative z-10 -mr-1.5 -ml-1 flex coarse:gap-3">
            <RestartButton card={card} />
            <WorkspaceMenu card={card} open />
          </div>
        </div>
        <div className="flex min-w-0 items-baseline gap-2">
          <QuietLine role={card.role} runtime={card.runtime} parent={parent} />
          <WaitingLine queued={card.queued} />
        </div>
      </header>
      {needs &&
        (card.run !== null && SHOWS_RUN[state] ? <RunBanner card={card} run={card.run} /> : <CardBanner card={card} state={state} />)}
      {state === 'paused' ? <PausedLine card={card} /> : <CardTask task={plainText(card.current_task)} state={state} />}
      <div className="mt-auto flex flex-col gap-2 compact:gap-1.5">
        <HourBars id={id} bars={bars} status={card.status} />
        <CardFacts card={card} state={state} />
      </div>
    </article>
  );
});
