'use client';

import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react';
import { Dialog } from '#components/ui/dialog.tsx';
import { keysHelp } from '#lib/client/open-flag.ts';
import { isTyping } from './is-typing.ts';

/** Asked for seldom: the list comes when it is opened. */
const KeysList = lazy(async () => ({ default: (await import('./keys-list.tsx')).KeysList }));

/** The keys of every page, and the list of all keys. */
export function KeysHelp() {
  const open = useSyncExternalStore(keysHelp.subscribe, keysHelp.isOpen, () => false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      if (event.key === '?') keysHelp.open();
      else if (event.key === '/') document.getElementById('fleet-search')?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  if (!open) return null;
  return (
    <Dialog title="Keyboard" onClose={keysHelp.close}>
      <Suspense fallback={<div role="status" aria-label="Loading" className="h-40 animate-pulse rounded-md bg-text/5" />}>
        <KeysList />
      </Suspense>
    </Dialog>
  );
}
