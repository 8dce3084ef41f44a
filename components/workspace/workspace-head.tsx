'use client';

import Link from 'next/link';
import { useState } from 'react';
import { shownSince } from '#components/fleet/shown-since.ts';
import { StartAgainButton } from '#components/fleet/start-again-button.tsx';
import { loadSheet } from '#components/restart-sheet/load-sheet.ts';
import { mayRestart, mayResume, mayStartAgain } from '#components/restart-sheet/may-restart.ts';
import { StatusMark } from '#components/status/status-mark.tsx';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard, WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { RenameForm } from './rename-form.tsx';
import { WorkspaceMenu } from './workspace-menu.tsx';

/** Where it stands in the hierarchy, what it is called, how it is, and what can be done. */
export function WorkspaceHead({
  card,
  state,
  ancestors,
}: {
  card: WorkspaceCard;
  state: ShownState;
  ancestors: WorkspaceDetail['ancestors'];
}) {
  const [renaming, setRenaming] = useState(false);
  const name = plainText(card.name);
  const quiet = [card.role, card.runtime].flatMap((part) => (part === null || part === '' ? [] : [plainText(part)])).join(' · ');
  return (
    <header data-restart-page={card.id} className="grid gap-2">
      <nav aria-label="Where it belongs" className="text-xs text-faint">
        <ol className="flex flex-wrap items-center gap-1.5">
          <li>
            <Link href="/" prefetch={false} className="text-soft underline-offset-4 hover:underline">
              Fleet
            </Link>
          </li>
          {ancestors.map((ancestor) => (
            <li key={ancestor.id} className="flex min-w-0 items-center gap-1.5">
              <span aria-hidden="true">/</span>
              <Link
                href={`/w/${encodeURIComponent(ancestor.id)}`}
                prefetch={false}
                className="max-w-60 truncate text-soft underline-offset-4 hover:underline"
                dir="auto"
              >
                {plainText(ancestor.name)}
              </Link>
            </li>
          ))}
        </ol>
      </nav>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {renaming ? (
          <RenameForm id={card.id} name={card.name} onDone={() => setRenaming(false)} />
        ) : (
          <h1 className="min-w-0 text-xl font-semibold wrap-anywhere" dir="auto">
            {name}
          </h1>
        )}
        <StatusMark state={state} since={shownSince(card, state)} />
        <div className="ml-auto flex items-center gap-2">
          {mayStartAgain(card) && card.run === null && <StartAgainButton card={card} look="primary" />}
          {(card.run !== null || mayResume(card) || mayRestart(card)) && (
            <Button
              look={mayResume(card) && card.run === null ? 'primary' : 'plain'}
              aria-haspopup="dialog"
              aria-keyshortcuts="r"
              onPointerEnter={() => void loadSheet()}
              onFocus={() => void loadSheet()}
              onClick={() => restartSheet.open(card.id)}
            >
              {openLabel(card)}
            </Button>
          )}
          {!renaming && (
            <Button look="quiet" onClick={() => setRenaming(true)}>
              Rename
            </Button>
          )}
          <WorkspaceMenu card={card} />
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-faint">
        {quiet !== '' && (
          <p className="min-w-0 wrap-anywhere" dir="auto">
            {quiet}
          </p>
        )}
        <p className="flex items-center gap-2">
          <code className="font-mono break-all">{card.id}</code>
          <CopyButton text={card.id} label="Copy id" />
        </p>
      </div>
    </header>
  );
}

function openLabel(card: WorkspaceCard): string {
  if (card.run !== null) return 'Show the restart';
  if (mayResume(card)) return 'Resume';
  return card.provisioner === 'process' ? 'Drain and restart' : 'Drain';
}
