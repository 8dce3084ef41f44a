'use client';

import Link from 'next/link';
import { shownSince } from '#components/fleet/shown-since.ts';
import { StartAgainButton } from '#components/fleet/start-again-button.tsx';
import { loadSheet } from '#components/restart-sheet/load-sheet.ts';
import { mayRestart, mayResume, mayStartAgain } from '#components/restart-sheet/may-restart.ts';
import { useKnownWorkspace } from '#components/restart-sheet/use-known-workspace.ts';
import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { StatusMark } from '#components/status/status-mark.tsx';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { ApiError } from '#lib/client/api.ts';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { shownState } from '#lib/domain/shown-state.ts';

/** How the workspace of an incident is now, live, and what can safely be done about it. */
export function IncidentWorkspace({ id }: { id: string }) {
  const { card, error, retry } = useKnownWorkspace(id);
  const gone = error instanceof ApiError && (error.code === 'gone' || error.code === 'not_found');
  if (gone) return <p className="text-sm text-faint">It was removed.</p>;
  if (error !== null) return <PanelFailure what="The workspace" error={error} onRetry={retry} />;
  if (card === null) return <div role="status" aria-label="Loading the workspace" className="h-14 animate-pulse rounded-md bg-text/5" />;
  const state = shownState(card);
  const task = plainText(card.current_task).trim();
  return (
    <div data-tone={SHOWN_TONE[state]} className="grid gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link
          href={`/w/${encodeURIComponent(id)}`}
          prefetch={false}
          className="min-w-0 font-medium underline-offset-4 wrap-anywhere hover:underline"
          dir="auto"
        >
          {plainText(card.name)}
        </Link>
        <StatusMark state={state} since={shownSince(card, state)} />
      </div>
      {task !== '' && (
        <p className="clamp-2 text-sm wrap-anywhere text-soft" dir="auto">
          {task}
        </p>
      )}
      <div className="flex flex-wrap gap-2 coarse:gap-6">
        {mayStartAgain(card) && card.run === null && <StartAgainButton card={card} look="tone" />}
        {(card.run !== null || mayResume(card) || mayRestart(card)) && (
          <Button
            look={state === 'online' ? 'plain' : 'tone'}
            aria-haspopup="dialog"
            aria-keyshortcuts="r"
            onPointerEnter={() => void loadSheet()}
            onFocus={() => void loadSheet()}
            onClick={() => restartSheet.open(card.id)}
          >
            {whatToDo(card)}
          </Button>
        )}
        <Link
          href={`/w/${encodeURIComponent(id)}`}
          prefetch={false}
          className="inline-flex h-8 items-center rounded-md px-3 text-sm font-medium text-soft hover:bg-text/7 hover:text-text coarse:h-11"
        >
          Open its page
        </Link>
      </div>
    </div>
  );
}

function whatToDo(card: WorkspaceCard): string {
  if (card.run !== null) return 'Show the restart';
  if (mayResume(card)) return 'Resume';
  return card.provisioner === 'process' ? 'Drain and restart' : 'Drain';
}
