'use client';

import { useSyncExternalStore } from 'react';
import { pageClock } from '#lib/client/clock.ts';
import { useServerNow } from '#components/shell/canvas-live.tsx';

/** A value made from the page's clock. Asked for every second; the component renders only when the value is another one. */
export function useClock<T extends string | number | boolean>(read: (now: number) => T): T {
  const serverNow = useServerNow();
  return useSyncExternalStore(
    pageClock.subscribe,
    () => read(pageClock.now()),
    () => read(serverNow),
  );
}
