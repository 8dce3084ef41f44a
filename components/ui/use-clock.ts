'use client';

import { useSyncExternalStore } from 'react';
import { useServerNow } from '#components/shell/canvas-live.tsx';
import { pageClock } from '#lib/client/clock.ts';

/** A value made from the page's clock. Asked for every second; the component renders only when the value is another one. */
export function useClock<T extends string | number | boolean>(read: (now: number) => T): T {
  const serverNow = useServerNow();
  return useSyncExternalStore(
    pageClock.subscribe,
    () => read(pageClock.now()),
    () => read(serverNow),
  );
}
