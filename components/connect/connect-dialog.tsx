'use client';

import { useSyncExternalStore } from 'react';
import { usePlace } from '#components/shell/place.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { connectDialog } from '#lib/client/open-flag.ts';
import { ConnectAgent } from './connect-agent.tsx';

/** Lives beside the pages, not in one: the command must stay in sight when the fleet below it gets its first card. */
export function ConnectDialog() {
  const { publicUrl } = usePlace();
  const open = useSyncExternalStore(connectDialog.subscribe, connectDialog.isOpen, () => false);
  if (!open) return null;
  return (
    <Dialog title="Connect an agent" onClose={connectDialog.close}>
      <ConnectAgent publicUrl={publicUrl} />
    </Dialog>
  );
}
