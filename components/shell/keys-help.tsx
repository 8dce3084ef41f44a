'use client';

import { useRouter } from 'next/navigation';
import { Suspense, useEffect, useSyncExternalStore } from 'react';
import { Dialog } from '#components/ui/dialog.tsx';
import { lazyPart, PartMissing } from '#components/ui/lazy-part.tsx';
import { keysHelp } from '#lib/client/open-flag.ts';
import { isTyping } from './is-typing.ts';

/** Asked for seldom: the list comes when it is opened. */
const KeysList = lazyPart(async () => (await import('./keys-list.tsx')).KeysList, PartMissing);

/** After `g`, within a second. */
const PAGES: Record<string, string> = { f: '/', d: '/delegations', i: '/inbox', s: '/settings' };

/** The keys of every page, and the list of all keys. */
export function KeysHelp() {
  const open = useSyncExternalStore(keysHelp.subscribe, keysHelp.isOpen, () => false);
  const router = useRouter();
  useEffect(() => {
    let going = 0;
    const pressed = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      const page = event.timeStamp < going ? PAGES[event.key] : undefined;
      going = event.key === 'g' ? event.timeStamp + 1_000 : 0;
      if (page !== undefined) router.push(page);
      else if (event.key === '?') keysHelp.open();
      else if (event.key === '/') document.getElementById('fleet-search')?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [router]);
  if (!open) return null;
  return (
    <Dialog title="Keyboard" onClose={keysHelp.close}>
      <Suspense fallback={<div role="status" aria-label="Loading" className="h-40 animate-pulse rounded-md bg-text/5" />}>
        <KeysList />
      </Suspense>
    </Dialog>
  );
}
