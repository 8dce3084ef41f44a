'use client';

import { plainText } from '#components/ui/plain-text.ts';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { loadSheet } from './load-sheet.ts';
import { mayRestart, mayResume } from './may-restart.ts';

const preload = () => void loadSheet();

/** Opens the sheet from a card; there whenever the sheet has something to offer. */
export function RestartButton({ card }: { card: WorkspaceCard }) {
  const resumes = mayResume(card);
  if (card.run === null && !resumes && !mayRestart(card)) return null;
  const name = plainText(card.name);
  const label = card.run !== null ? `Restart of ${name}: show it` : resumes ? `Resume ${name}` : `Drain and restart ${name}`;
  return (
    <button
      type="button"
      aria-label={label}
      aria-keyshortcuts="r"
      aria-haspopup="dialog"
      title={label}
      className="relative inline-flex size-6 flex-none items-center justify-center rounded-md text-faint transition-colors hover:bg-text/7 hover:text-text coarse:after:absolute coarse:after:-inset-2.5"
      onPointerEnter={preload}
      onFocus={preload}
      onClick={() => restartSheet.open(card.id)}
    >
      <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4 fill-none stroke-current stroke-[1.5]">
        {resumes && card.run === null ? (
          <path d="M5 3.2v9.6L12.4 8z" strokeLinejoin="round" />
        ) : (
          <g strokeLinecap="round" strokeLinejoin="round">
            <path d="M13.2 8.6A5.3 5.3 0 1 1 11.6 4.2" />
            <path d="M12.2 1.6v3h-3" />
          </g>
        )}
      </svg>
    </button>
  );
}
