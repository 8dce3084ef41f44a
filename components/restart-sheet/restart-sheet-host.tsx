'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { Suspense, useEffect, useSyncExternalStore } from 'react';
import { isTyping } from '#components/shell/is-typing.ts';
import { DialogMissing, lazyPart } from '#components/ui/lazy-part.tsx';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import { loadSheet } from './load-sheet.ts';

const LazySheet = lazyPart(async () => (await loadSheet()).RestartSheet, SheetMissing);

function SheetMissing() {
  return <DialogMissing onClose={() => restartSheet.close()} />;
}

/** The sheet over every page, its code fetched when it is first wanted. `r` opens it for the workspace that has the keyboard, or is the page. */
export function RestartSheetHost() {
  const place = useSyncExternalStore(restartSheet.subscribe, restartSheet.read, () => null);
  const path = usePathname();
  const params = useSearchParams();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link to another page changes the address too
  useEffect(() => restartSheet.sync(), [path, params]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'r' || isTyping(event)) return;
      const card = document.activeElement?.closest<HTMLElement>('[data-card]')?.dataset['card'];
      const id = card ?? document.querySelector<HTMLElement>('[data-restart-page]')?.dataset['restartPage'];
      if (id === undefined) return;
      event.preventDefault();
      restartSheet.open(id);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  if (place === null) return null;
  return (
    <Suspense>
      <LazySheet key={place.id} place={place} />
    </Suspense>
  );
}
