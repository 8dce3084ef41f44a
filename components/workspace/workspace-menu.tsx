'use client';

import Link from 'next/link';
import { Suspense, useState } from 'react';
import { mayPause, mayRestart, mayResume } from '#components/restart-sheet/may-restart.ts';
import { DialogMissing, lazyPart } from '#components/ui/lazy-part.tsx';
import { Menu, MenuItem } from '#components/ui/menu.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { copyText } from '#lib/client/copy-text.ts';
import { pageNotices } from '#lib/client/notices.ts';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import type { MenuQuestion } from './menu-dialog.tsx';

/** Asked seldom: the dialogs come when one is chosen. */
const MenuDialog = lazyPart(async () => (await import('./menu-dialog.tsx')).MenuDialog, DialogMissing);

/** What can be done with one workspace; only what makes sense for it as it is. */
export function WorkspaceMenu({ card, open }: { card: WorkspaceCard; open?: boolean }) {
  const name = plainText(card.name);
  const [asking, setAsking] = useState<MenuQuestion | null>(null);
  return (
    <>
      <Menu
        label={`More about ${name}`}
        buttonClassName="size-6"
        button={
          <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4 fill-current">
            <circle cx="3" cy="8" r="1.4" />
            <circle cx="8" cy="8" r="1.4" />
            <circle cx="13" cy="8" r="1.4" />
          </svg>
        }
      >
        {(close) => {
          const choose = (act: () => void) => () => {
            close();
            act();
          };
          const copyId = async () => {
            if (await copyText(card.id)) pageNotices.say('The id is on the clipboard.');
            else pageNotices.fail(`This browser keeps pages away from the clipboard here. The id is ${card.id}`);
          };
          return (
            <>
              {open && (
                <Link
                  role="menuitem"
                  tabIndex={-1}
                  prefetch={false}
                  href={`/w/${encodeURIComponent(card.id)}`}
                  className="flex h-8 items-center rounded px-2 text-sm outline-none hover:bg-text/7 focus:bg-text/7 coarse:h-11"
                >
                  Open
                </Link>
              )}
              {mayRestart(card) && card.run === null && (
                <>
                  {card.provisioner === 'process' && (
                    <MenuItem onSelect={choose(() => restartSheet.open(card.id))}>Drain and restart…</MenuItem>
                  )}
                  <MenuItem onSelect={choose(() => restartSheet.open(card.id, true))}>Drain only…</MenuItem>
                </>
              )}
              {card.run !== null && <MenuItem onSelect={choose(() => restartSheet.open(card.id))}>Show the restart</MenuItem>}
              {mayPause(card) && card.run === null && <MenuItem onSelect={choose(() => setAsking('pause'))}>Pause…</MenuItem>}
              {mayResume(card) && card.run === null && <MenuItem onSelect={choose(() => restartSheet.open(card.id))}>Resume…</MenuItem>}
              <MenuItem onSelect={choose(() => void copyId())}>Copy id</MenuItem>
              <MenuItem onSelect={choose(() => setAsking('join'))}>Join code…</MenuItem>
              <MenuItem onSelect={choose(() => setAsking('token'))}>New token…</MenuItem>
              <hr className="mx-2 my-1 border-line" />
              <MenuItem danger onSelect={choose(() => setAsking('remove'))}>
                Remove…
              </MenuItem>
            </>
          );
        }}
      </Menu>
      {asking !== null && (
        <Suspense>
          <MenuDialog card={card} asking={asking} onClose={() => setAsking(null)} />
        </Suspense>
      )}
    </>
  );
}
