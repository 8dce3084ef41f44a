'use client';

import Link from 'next/link';
import { memo } from 'react';
import { NEEDS_PERSON, SHOWN_STATE_LABEL } from '#lib/contract/workspace-status.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { StatusShape } from '#components/status/status-shape.tsx';
import { Age } from '#components/ui/age.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { CardBanner } from './card-banner.tsx';
import { CardFacts } from './card-facts.tsx';
import { HourBars } from './hour-bars.tsx';
import { useWorkspace, useWorkspaceName } from './use-workspace.ts';

/** One workspace in the fleet. It hears of its own workspace alone, and takes an id so that a re-sort renders none of them. */
export const WorkspaceCardView = memo(function WorkspaceCardView({ id }: { id: string }) {
  const entry = useWorkspace(id);
  const parent = useWorkspaceName(entry?.card.parent_id ?? null);
  if (!entry) return null;
  const { card, bars } = entry;
  const state = shownState(card);
  const needs = NEEDS_PERSON[state];
  const task = plainText(card.current_task);
  const quiet = [card.role, card.runtime, parent === null ? null : `under ${parent}`].filter((part) => part !== null && part !== '').map((part) => plainText(part ?? ''));
  return (
    <article
      data-card={id}
      data-tone={SHOWN_TONE[state]}
      data-state={state}
      aria-labelledby={`name-${id}`}
      className={`group relative flex min-w-0 flex-col gap-2 rounded-lg border bg-panel px-3.5 py-3 transition-colors hover:border-line-strong compact:gap-1.5 compact:px-3 compact:py-2 ${needs ? 'border-tone/45' : 'border-line'}`}
    >
      <header className="flex min-w-0 items-start gap-2">
        <div className="min-w-0 flex-1">
          <h3 id={`name-${id}`} className="truncate font-semibold" dir="auto">
            <Link href={`/w/${encodeURIComponent(id)}`} prefetch={false} className="outline-offset-4 after:absolute after:inset-0 after:rounded-lg">
              {plainText(card.name)}
            </Link>
          </h3>
          <p className="truncate text-xs text-faint" dir="auto">
            {quiet.join(' · ')}
          </p>
        </div>
        <p className="flex flex-none items-center gap-1.5 text-xs leading-5 font-medium text-tone">
          <StatusShape state={state} />
          {SHOWN_STATE_LABEL[state]}
          <span className="font-normal text-faint">
            <Age at={card.since} />
          </span>
        </p>
      </header>
      {needs && <CardBanner card={card} state={state} />}
      <p className={`clamp-2 break-words compact:clamp-1 ${task === '' ? 'text-faint' : 'text-soft'}`} dir="auto">
        {task === '' ? 'Idle' : task}
      </p>
      <div className="mt-auto flex flex-col gap-2 compact:gap-1.5">
        <HourBars id={id} bars={bars} status={card.status} />
        <CardFacts card={card} state={state} />
      </div>
    </article>
  );
});
