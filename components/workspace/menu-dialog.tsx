'use client';

import { PauseDialog } from '#components/restart-sheet/pause-dialog.tsx';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { JoinDialog } from './join-dialog.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { TokenDialog } from './token-dialog.tsx';

/** What a workspace's menu asks in a dialog. */
export type MenuQuestion = 'join' | 'token' | 'remove' | 'pause';

/** The dialog of a menu item: its code is fetched when one is chosen. */
export function MenuDialog({ card, asking, onClose }: { card: WorkspaceCard; asking: MenuQuestion; onClose: () => void }) {
  const { id, name } = card;
  switch (asking) {
    case 'pause':
      return <PauseDialog card={card} onClose={onClose} />;
    case 'join':
      return <JoinDialog id={id} name={name} onClose={onClose} />;
    case 'token':
      return <TokenDialog id={id} name={name} onClose={onClose} />;
    case 'remove':
      return <RemoveDialog id={id} name={name} provisioned={card.provisioner === 'process'} onClose={onClose} />;
  }
}
