'use client';

import { Suspense, useSyncExternalStore } from 'react';
import { usePlace } from '#components/shell/place.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { lazyPart, PartMissing } from '#components/ui/lazy-part.tsx';
import { connectDialog } from '#lib/client/open-flag.ts';

/** Asked for seldom: what is in it comes when it is opened. */
const ConnectAgent = lazyPart(async () => (await import('./connect-agent.tsx')).ConnectAgent, PartMissing);

/** Lives beside the pages, not in one: the command must stay in sight when the fleet below it gets its first card. */
export function ConnectDialog() {
  const { publicUrl } = usePlace();
  const open = useSyncExternalStore(connectDialog.subscribe, connectDialog.isOpen, () => false);
  if (!open) return null;
  return (
    <Dialog title="Connect an agent" onClose={connectDialog.close}>
      <Suspense fallback={<div role="status" aria-label="Loading" className="h-40 animate-pulse rounded-md bg-text/5" />}>
        <ConnectAgent publicUrl={publicUrl} />
      </Suspense>
    </Dialog>
  );
}
