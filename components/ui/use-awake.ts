'use client';

import { useSyncExternalStore } from 'react';

const nothing = () => () => {};

/** False as long as the page is only painted: a press would be lost. */
export function useAwake(): boolean {
  return useSyncExternalStore(
    nothing,
    () => true,
    () => false,
  );
}
