'use client';

import { Suspense, useSyncExternalStore } from 'react';
import { Dialog } from '#components/ui/dialog.tsx';
import { lazyPart, PartMissing } from '#components/ui/lazy-part.tsx';
import { apiTokensDialog } from '#lib/client/open-flag.ts';

/** Asked for seldom: what is in it comes when it is opened. */
const ApiTokens = lazyPart(async () => (await import('./api-tokens.tsx')).ApiTokens, PartMissing);

export function ApiTokensDialog() {
  const open = useSyncExternalStore(apiTokensDialog.subscribe, apiTokensDialog.isOpen, () => false);
  if (!open) return null;
  return (
    <Dialog title="API tokens" onClose={apiTokensDialog.close}>
      <Suspense fallback={<div role="status" aria-label="Loading" className="h-40 animate-pulse rounded-md bg-text/5" />}>
        <ApiTokens />
      </Suspense>
    </Dialog>
  );
}
